"""One filled database for all attacks of a test process, and the check that the victims are as they were."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from tests.hostile.world import World, made


@pytest.fixture(scope="session")
def world(clone: Callable[[], str]) -> Iterator[World]:
    """Two schools and two companies, a login for each role."""
    with made(clone(), str(os.getpid())) as filled:
        yield filled


@pytest.fixture(scope="module", autouse=True)
def victims_stay_as_they_were(world: World) -> Iterator[None]:
    """Whatever the attacks of a module did, no row of a victim has changed."""
    world.before.clear()
    world.owned.clear()
    before = world.contents()
    yield
    after = world.contents()
    assert [label for label in after if after[label] != before[label]] == []
