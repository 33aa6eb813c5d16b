"""Values that no honest client sends: each is a documented code, and nothing of it is stored or executed."""

from __future__ import annotations

import pytest

from tests.hostile.world import Attack, World

MALFORMED = "error SA010"


def punch(sentence: str, arguments: str, comes: str = MALFORMED) -> Attack:
    return Attack(sentence, f"select * from api.check_in(gen_random_uuid(), {arguments})", comes, token="alpha/s4")


def put(sentence: str, procedure: str, entries: str, comes: str) -> Attack:
    return Attack(sentence, f"select * from api.{procedure}($json${entries}$json$)", comes, token="alpha/admin")


def register(sentence: str, marks: str, comes: str) -> Attack:
    return Attack(
        sentence,
        f"select * from api.register_submit(gen_random_uuid(), <alpha/math>, {marks})",
        comes,
        token="alpha/admin",
    )


UNIT = '[{"site_code": "main", "code": %s, "name": %s, "kind": "department"}]'

ATTACKS = [
    # numbers and times at the edge
    punch("a latitude that is no number", "latitude => 'NaN', longitude => 1, accuracy_m => 1"),
    punch("a longitude without end", "latitude => 1, longitude => 'infinity', accuracy_m => 1"),
    punch("a latitude beyond the pole", "latitude => 91, longitude => 1, accuracy_m => 1"),
    punch("an accuracy below nothing", "latitude => 1, longitude => 1, accuracy_m => -1"),
    punch("a time without end", "claimed_at => 'infinity'"),
    punch("a time without beginning", "claimed_at => '-infinity'"),
    punch("a time before Christ", "claimed_at => '4000-01-01 BC'"),
    punch("a time in ten thousand years", "claimed_at => '12000-01-01'"),
    punch("a zone that is a file", "claimed_at => now(), claimed_zone => '../../etc/passwd'"),
    punch("a zone that is SQL", "claimed_at => now(), claimed_zone => 'UTC''; drop table attendance.record; --'"),
    punch("a number of a punch below nothing", "device_id => <alpha/kiosk>, sequence_number => -1"),
    punch(
        "a monotonic clock below nothing",
        "device_id => <alpha/kiosk>, boot_id => gen_random_uuid(), monotonic_us => -1",
    ),
    punch("evidence that is a list", "evidence => '[]'"),
    punch("evidence of a megabyte", "evidence => jsonb_build_object('x', repeat('x', 1048576))"),
    punch("evidence that is deep", "evidence => (repeat('{\"x\":', 3000) || '1' || repeat('}', 3000))::jsonb"),
    punch("a zero byte in evidence", 'evidence => \'{"x": "\\u0000"}\'', "error 22P05"),
    punch("an identifier that is none", "subject_id => 'x'", "error 22P02"),
    punch("an identifier that is SQL", "subject_id => ''' or true --'", "error 22P02"),
    Attack("no key", "select * from api.check_in(null)", "error SA012", token="alpha/s4"),
    # texts
    put("a name with a line break", "put_units", UNIT % ('"n1"', '"a\\nb"'), "refused SA010"),
    put("a name that reads backwards", "put_units", UNIT % ('"n1"', '"a\\u202eb"'), "refused SA010"),
    put("a name of white space", "put_units", UNIT % ('"n1"', '"   "'), "refused SA010"),
    put("a name of a thousand letters", "put_units", UNIT % ('"n1"', '"' + "x" * 1000 + '"'), "refused SA010"),
    put("a code that is a path is a code", "put_units", UNIT % ('"../x"', '"X"'), "accepted"),
    put("a code with a zero width space", "put_units", UNIT % ('"a\\u200bb"', '"X"'), "refused SA010"),
    put("a number where a text belongs", "put_units", UNIT % ("1", '"X"'), "refused SA010"),
    put("a list where a text belongs", "put_units", UNIT % ('["a"]', '"X"'), "refused SA010"),
    put("nothing where a code belongs", "put_units", UNIT % ("null", '"X"'), "refused SA012"),
    put("a name that is SQL is a name", "put_units", UNIT % ('"n1"', '"\'); drop table x; --"'), "accepted"),
    put(
        "a field that nobody knows",
        "put_units",
        '[{"site_code": "main", "code": "a", "name": "A", "kind": "department", "tenant_id": "x"}]',
        "refused SA014",
    ),
    put("entries that are an object", "put_units", "{}", MALFORMED),
    put("entries that are a text", "put_units", '"x"', MALFORMED),
    put("entries that are nothing", "put_units", "null", MALFORMED),
    put("entries that are numbers", "put_units", "[1, 2]", "refused SA014"),
    put(
        "an entry twice in one call",
        "put_units",
        '[{"site_code": "main", "code": "n2", "name": "A", "kind": "department"}, {"site_code": "main", "code": "n2", "name": "B", "kind": "department"}]',
        "accepted | refused SA112",
    ),
    put(
        "a unit that is its own parent",
        "put_units",
        '[{"site_code": "main", "code": "n3", "name": "A", "kind": "department", "parent_code": "n3"}]',
        "refused SA011",
    ),
    put(
        "units that are each other's parent",
        "put_units",
        '[{"site_code": "main", "code": "n4", "name": "A", "kind": "department", "parent_code": "n5"}, {"site_code": "main", "code": "n5", "name": "A", "kind": "department", "parent_code": "n4"}]',
        "refused SA011",
    ),
    put(
        "a zone that there is not",
        "put_sites",
        '[{"code": "n6", "name": "X", "time_zone": "Mars/Olympus"}]',
        "refused SA010",
    ),
    put(
        "a zone that is an offset",
        "put_sites",
        '[{"code": "n6", "name": "X", "time_zone": "<+99>-99"}]',
        "refused SA010",
    ),
    put(
        "a date that there is not",
        "put_terms",
        '[{"site_code": "main", "code": "n", "name": "N", "starts_on": "2026-02-30", "ends_on": "2026-03-30"}]',
        "refused SA010",
    ),
    put(
        "a date that is today whenever",
        "put_terms",
        '[{"site_code": "main", "code": "n", "name": "N", "starts_on": "today", "ends_on": "infinity"}]',
        "refused SA010",
    ),
    put(
        "a login in capitals with a space",
        "put_members",
        '[{"member_number": "n", "kind": "student", "display_name": "N", "login": "A B"}]',
        "refused SA010",
    ),
    put(
        "a role of the platform",
        "put_members",
        '[{"member_number": "n", "kind": "student", "display_name": "N", "role": "superadmin"}]',
        "refused SA010",
    ),
    put(
        "a role of companies in a school",
        "put_members",
        '[{"member_number": "n", "kind": "student", "display_name": "N", "role": "corporate_admin"}]',
        "refused SA010",
    ),
    put(
        "a role for oneself",
        "put_members",
        '[{"member_number": "admin", "kind": "staff", "display_name": "Member admin", "role": "attendance_officer"}]',
        "refused SA105",
    ),
    put(
        "somebody else's login for a member there is",
        "put_members",
        '[{"member_number": "s1", "kind": "student", "display_name": "Member s1", "login": "other@example.org"}]',
        "refused SA112",
    ),
    put(
        "a network that is everything",
        "put_sites",
        '[{"code": "n6", "name": "X", "time_zone": "UTC", "networks": ["x"]}]',
        "refused SA010",
    ),
    # marks
    register("marks that are an object", "'{}'", MALFORMED),
    register("a mark that is a number", "'[1]'", "refused SA014 | refused SA108"),
    register(
        "a mark of a code that there is not",
        "jsonb_build_array(jsonb_build_object('subject_id', <alpha/s1>, 'code', 'ZZ'))",
        "refused SA108 | refused SA111",
    ),
    register(
        "a mark of a person that there is not",
        "jsonb_build_array(jsonb_build_object('subject_id', <unknown>, 'code', 'P'))",
        "refused SA011 | refused SA108",
    ),
    register(
        "a mark of a person twice",
        "jsonb_build_array(jsonb_build_object('subject_id', <alpha/s1>, 'code', 'P'), "
        "jsonb_build_object('subject_id', <alpha/s1>, 'code', 'AU'))",
        "refused SA108 | refused SA112",
    ),
    # settings, reasons, words
    Attack(
        "a setting that is the tenant's name for itself",
        "select * from api.setting_put(gen_random_uuid(), jsonb_build_object('tenant_id', <beta>), "
        "'because I want it so')",
        MALFORMED,
        token="alpha/admin",
    ),
    Attack(
        "a setting that is SQL",
        'select * from api.setting_put(gen_random_uuid(), \'{"late_after = now(); --": "1"}\', '
        "'because I want it so')",
        MALFORMED,
        token="alpha/admin",
    ),
    Attack(
        "an interval of a thousand years",
        "select * from api.setting_put(gen_random_uuid(), '{\"late_after\": \"1000 years\"}', 'because I want it so')",
        MALFORMED,
        token="alpha/admin",
    ),
    Attack(
        "an interval below nothing",
        "select * from api.setting_put(gen_random_uuid(), '{\"late_after\": \"-1 hour\"}', 'because I want it so')",
        MALFORMED,
        token="alpha/admin",
    ),
    Attack(
        "a reason of dots",
        "select * from api.register_cancel(gen_random_uuid(), <alpha/math>, '..........')",
        "error SA013",
        token="alpha/admin",
    ),
    Attack(
        "a reason of a megabyte",
        "select * from api.register_cancel(gen_random_uuid(), <alpha/math>, repeat('reason ', 150000))",
        "error SA013",
        token="alpha/admin",
    ),
    Attack(
        "a way that there is not",
        "select * from api.period_transition(gen_random_uuid(), <unknown>, 'x; drop')",
        "error SA011",
        token="alpha/admin",
    ),
    Attack(
        "a rule that there is not",
        "select * from api.integrity_rule_put(gen_random_uuid(), 'F99', 'because I want it so', true)",
        "error SA011",
        token="alpha/admin",
    ),
    Attack(
        "a parameter that no rule has",
        "select * from api.integrity_rule_put(gen_random_uuid(), 'F01', 'because I want it so', true, '{\"x\": 1}')",
        MALFORMED,
        token="alpha/admin",
    ),
    Attack(
        "a plan of a thousand years",
        "select * from api.schedule_generate(gen_random_uuid(), '2026-01-01', '3026-01-01')",
        MALFORMED,
        token="alpha/admin",
    ),
    Attack(
        "a plan backwards",
        "select * from api.schedule_generate(gen_random_uuid(), '2026-02-01', '2026-01-01')",
        MALFORMED,
        token="alpha/admin",
    ),
    Attack(
        "a history without end",
        "select * from api.attendance_history(<alpha/s1>, '-infinity', 'infinity')",
        MALFORMED,
        token="alpha/admin",
    ),
    Attack(
        "a slug that is a path",
        "select * from api.tenant_create(gen_random_uuid(), '../x', 'X', 'school', 'UTC', 'a@b.example', 'A')",
        MALFORMED,
        token="platform/root",
    ),
    Attack(
        "a slug that there is",
        "select * from api.tenant_create(gen_random_uuid(), (select 'alpha'), 'X', 'school', 'UTC', 'a b', 'A')",
        MALFORMED,
        token="platform/root",
    ),
    Attack(
        "a platform that there is not",
        "select * from api.tenant_create(gen_random_uuid(), 'xxx', 'X', 'castle', 'UTC', 'a@b.example', 'A')",
        MALFORMED,
        token="platform/root",
    ),
    Attack(
        "the platform's own session for a tenant's procedure",
        "select * from api.check_in(gen_random_uuid(), <alpha/s1>)",
        "error SA002",
        token="platform/root",
    ),
    Attack(
        "an auditor of the platform who moves a tenant",
        "select * from api.tenant_transition(gen_random_uuid(), <beta>, 'suspend', 'because I want it so')",
        "error SA104",
        token="platform/auditor",
    ),
    Attack(
        "an operator of the platform who makes a tenant",
        "select * from api.tenant_create(gen_random_uuid(), 'xxx', 'X', 'school', 'UTC', 'a@b.example', 'A')",
        "error SA104",
        token="platform/operator",
    ),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.sentence)
def test_a_hostile_value_is_a_documented_code(world: World, attack: Attack) -> None:
    assert world.attempt(attack) == attack.comes


def test_a_batch_of_fifty_thousand_entries_of_nothing_is_refused_in_reasonable_time(world: World) -> None:
    connection = world.connection("app")
    connection.execute("set local statement_timeout = '10s'")
    connection.execute("select set_config('smartattend.token', %s, true)", [world.tokens["alpha/admin"]])
    said = world.judged(
        connection, "select * from api.put_units((select jsonb_agg('{}'::jsonb) from generate_series(1, 50000)))"
    )
    assert said == "refused SA012"
