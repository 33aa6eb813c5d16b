"""The engine of a simulation: steady state → load with faults → recovery → verdict.

Vocabulary: Chaos Toolkit's (steady state, method, rollback) and Jepsen's (an operation is invoked and ends ok, refused,
failed or unknown). The plan of a run is a pure function of scenario, parameters and seed; the engine executes it,
remembers what the clients saw, and hands their testimony to the database, which judges
(``api.simulation_start``, ``…_testify``, ``…_finish``). Nothing here decides whether an invariant held.
"""

from orchestrator.engine.execute import Result, execute
from orchestrator.engine.plan import (
    Arrival,
    Plan,
    PlannedCall,
    PlannedFault,
    PlannedRound,
    Rounds,
    Schedule,
    device_name,
    stream,
)
from orchestrator.engine.run import (
    Condition,
    FaultCount,
    Finding,
    Progress,
    RoundTrace,
    Run,
    Scenario,
    Settings,
    Watcher,
)

__all__ = [
    "Arrival",
    "Condition",
    "FaultCount",
    "Finding",
    "Plan",
    "PlannedCall",
    "PlannedFault",
    "PlannedRound",
    "Progress",
    "Result",
    "RoundTrace",
    "Rounds",
    "Run",
    "Scenario",
    "Schedule",
    "Settings",
    "Watcher",
    "device_name",
    "execute",
    "stream",
]
