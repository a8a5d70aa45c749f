"""The partitions of a window: which are staged, when again, and what is returned and recorded of them."""

from __future__ import annotations

import hashlib
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, TaskDeferred
from redshift_connector.error import ProgrammingError

from sparkify.hooks.errors import SourceChangedError
from sparkify.staging.absent_files import Wait
from tests.support.fake_services import AS_OF, CONTEXT, TWO_HOURS, FakeHook, FakeSession, FakeStore
from tests.support.ledgers import ledger_of
from tests.support.staging_operators import stage_partitions

HOUR_13 = "log_data/2018/11/05/13/"
HOUR_14 = "log_data/2018/11/05/14/"
GIVEN = {
    "table": "staging",
    "columns": {"ts": "$.ts", "user_id": "$['userId']"},
    "bucket": "source",
    "prefix": "log_data",
    "window": TWO_HOURS,
}


def make(**options):
    return stage_partitions(**{**GIVEN, "task_id": "t", **options})


@pytest.fixture
def stage(run_staging):
    """Stage files and return the session, the store, and the result or exception."""
    return lambda files, **options: run_staging(files, make, **options)


@pytest.mark.parametrize("again", [False, True])
def test_each_partition_is_one_transaction_that_replaces_what_an_earlier_try_staged(stage, again):
    def stage_before(session, store):
        session.staged_before = {"2018-11-05T13"} if again else set()

    done = stage(
        {f"{HOUR_13}a.json": b'{"ts":1}\n{"ts":2}', f"{HOUR_14}b.json": b'{"ts":3}\n'},
        parallel_copies=1,
        prepare=stage_before,
    )
    statements = done.session.statements
    first = statements[statements.index("BEGIN") : statements.index("COMMIT") + 1]
    replaced = [
        'DELETE FROM "staging" WHERE "source_partition" IN',
        "DELETE FROM staged_partitions WHERE table_name = %s AND source_partition IN",
        "DELETE FROM staged_objects WHERE table_name = %s AND source_partition IN",
        "DELETE FROM staged_rejects WHERE table_name = %s AND source_partition IN",
    ]
    assert [statement.split(" (")[0].split("\n")[0] for statement in first] == [
        "BEGIN",
        "CREATE TEMP TABLE copied_rows_1",
        'COPY "copied_rows_1"',
        *(replaced if again else []),
        'INSERT INTO "staging"',
        "INSERT INTO staged_partitions",
        "INSERT INTO staged_objects",
        "COMMIT",
    ]
    insert = 'INSERT INTO "staging" ("ts", "user_id", "source_partition") SELECT "ts", "user_id", '
    assert f"{insert}'2018-11-05T13' FROM copied_rows_1" in first
    assert statements.count("COMMIT") == 2


def test_counts_are_returned_and_recorded(stage):
    a = b'{"ts":1}\n{"ts":2}'
    done = stage({f"{HOUR_13}a.json": a})
    counts = {**done.result, "seconds": None}
    assert counts == {
        "partitions": 2,
        "files": 1,
        "bytes": 17,
        "source_lines": 2,
        "staged": 2,
        "rejected": 0,
        "seconds": None,
    }
    rows = sorted(done.session.inserted["staged_partitions"], key=lambda row: row[1])
    assert [(row[:4], row[5:10]) for row in rows] == [
        (("staging", "2018-11-05T13", 1541422800000, 1541426400000), (1, 17, 2, 2, 0)),
        (("staging", "2018-11-05T14", 1541426400000, 1541430000000), (0, 0, 0, 0, 0)),
    ]
    [source] = done.session.inserted["staged_objects"]
    assert source[:4] == ("staging", "2018-11-05T13", f"s3://source/{HOUR_13}a.json", hashlib.md5(a).hexdigest())


def test_the_time_of_the_files_is_recorded_of_all_partitions(stage):
    done = stage({f"{HOUR_13}a.json": b'{"ts":1}'})
    assert [row[-1] for row in done.session.inserted["staged_partitions"]] == [AS_OF, AS_OF]


def test_a_file_that_appears_in_an_empty_hour_is_listed_again_by_the_next_try(stage):
    def add(session, store):
        def one(sql, parameters=None):
            store.files[f"s3://source/{HOUR_13}late.json"] = b'{"ts":2}'
            return AS_OF, 0

        session.one = one

    done = stage({}, prepare=add)
    assert isinstance(done.result, SourceChangedError)
    assert "late.json is new" in str(done.result)
    assert "BEGIN" not in done.session.statements


def test_a_file_that_appears_during_the_copy_is_listed_again_by_the_next_try(stage):
    def add(session, store):
        session.during_copy = lambda: store.files.update({f"s3://source/{HOUR_13}late.json": b'{"ts":2}'})

    done = stage({f"{HOUR_13}a.json": b'{"ts":1}'}, prepare=add)
    assert isinstance(done.result, SourceChangedError)
    assert "late.json is new" in str(done.result)


def test_a_file_that_no_load_reads_may_appear_meanwhile(stage):
    def add(session, store):
        session.during_copy = lambda: store.files.update({f"s3://source/{HOUR_13}_SUCCESS": b""})

    assert stage({f"{HOUR_13}a.json": b'{"ts":1}'}, prepare=add).result["staged"] == 1


def test_file_loaded_before_and_gone_now_fails_with_its_name(stage):
    gone = f"s3://source/{HOUR_13}gone.json"
    done = stage({f"{HOUR_13}a.json": b"{}"}, loaded=[(gone,)], ledger=ledger_of("songplays"))
    assert isinstance(done.result, AirflowFailException)
    assert gone in str(done.result)
    assert "accept_removed" in str(done.result)
    assert "BEGIN" not in done.session.statements


@pytest.mark.parametrize("accept", [True, "True", "true", "1"])
def test_removal_can_be_accepted(stage, accept):
    done = stage(
        {f"{HOUR_13}a.json": b"{}"},
        loaded=[("s3://source/gone",)],
        ledger=ledger_of("songplays"),
        accept_removed=accept,
    )
    assert done.result["staged"] == 1


def test_absent_partition_is_staged_as_empty_by_default(stage):
    assert stage({}).result["partitions"] == 2


def test_absent_partition_fails_with_its_prefix_if_that_is_asked_for(stage):
    done = stage({f"{HOUR_13}a.json": b"{}"}, on_absent="fail")
    assert isinstance(done.result, AirflowFailException)
    assert f"s3://source/{HOUR_14}" in str(done.result)
    assert HOUR_13 not in str(done.result)


def test_task_is_skipped_only_when_all_partitions_are_absent(stage):
    assert isinstance(stage({}, on_absent="skip").result, AirflowSkipException)
    assert stage({f"{HOUR_13}a.json": b"{}"}, on_absent="skip").result["staged"] == 1


def test_absent_partitions_are_waited_for_without_a_worker(stage):
    done = stage({f"{HOUR_13}a.json": b"{}"}, on_absent=Wait(timeout=60))
    assert isinstance(done.result, TaskDeferred)
    assert done.result.trigger.prefixes == [HOUR_14]
    assert done.result.method_name == "execute_after_wait"


def test_wait_that_ends_without_files_fails_with_the_prefix(stage):
    operator = make(on_absent=Wait(timeout=60))
    with pytest.raises(AirflowFailException, match=f"{HOUR_14} still had no files after 60 seconds"):
        operator.execute_after_wait(CONTEXT, {"absent": [HOUR_14]})


def test_a_partition_in_another_transactions_way_is_staged_again(stage):
    def conflict(session, store):
        failures = [ProgrammingError({"M": "1023 DETAIL: Serializable isolation violation on table", "C": "XX000"})]

        def fail_once():
            if failures:
                raise failures.pop()

        session.during_copy = fail_once

    done = stage({f"{HOUR_13}a.json": b"{}"}, prepare=conflict)
    assert done.result["staged"] == 1
    assert "ROLLBACK" in done.session.statements


def test_asset_events_carry_the_counts(stage):
    from airflow.sdk import Asset

    asset = Asset("staged")
    event = SimpleNamespace(extra=None)
    done = stage({f"{HOUR_13}a.json": b"{}"}, outlets=[asset], context={**CONTEXT, "outlet_events": {asset: event}})
    assert event.extra == done.result


def test_killed_task_cancels_every_running_statement(monkeypatch):
    sessions = [FakeSession(FakeStore({})) for _ in range(3)]
    hooks = iter([FakeHook(session) for session in sessions])
    monkeypatch.setattr("sparkify.hooks.warehouse.WarehouseHook", lambda *_: next(hooks))
    operator = make()
    with operator.session(CONTEXT), operator.further_session(CONTEXT):
        with operator.further_session(CONTEXT):
            pass  # has ended by then
        operator.on_kill()
    assert [session.cancelled for session in sessions] == [1, 1, 0]


def test_statistics_are_computed_of_much_only(stage):
    """ANALYZE takes longer than staging an hour, and shows only in the plans of a Redshift."""
    few, many = ({f"{HOUR_13}a.json": b"{}\n" * count} for count in (10_000, 10_001))
    assert 'ANALYZE "staging"' not in stage(few).session.statements
    assert stage(many).session.statements[-1] == 'ANALYZE "staging"'


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"copy_role": None}, "no credentials"),
        ({"window": "2018-11-05T13:30Z to 2018-11-05T15:00Z"}, "not a whole hour"),
        ({"window": "2018-11-05T13:00Z"}, "is not two date-times"),
    ],
)
def test_what_only_a_run_shows_to_make_no_sense_fails_at_once(stage, options, words):
    result = stage({f"{HOUR_13}a.json": b"{}"}, **options).result
    assert isinstance(result, AirflowFailException)
    assert words in str(result)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"on_absent": "shrug"}, "on_absent is 'shrug'; set it to one of load_empty, skip, fail, or to a Wait"),
        ({"layout": "weekly"}, "no layout 'weekly'"),
        ({"bucket": ""}, "bucket of the source 'log_data' is empty"),
        ({"partition_column": ""}, "name a column that COPY does not fill"),
        ({"columns": {}}, "columns of staging is {}"),
        ({"max_rejected_share": 1.5}, "max_rejected_share is 1.5"),
    ],
)
def test_parameters_that_make_no_sense_are_refused_when_the_dag_is_read(options, words):
    with pytest.raises(ValueError, match=words):
        make(**options)


def test_partitions_need_a_window():
    with pytest.raises(TypeError, match="window"):
        stage_partitions(task_id="t", table="staging", columns={"ts": "$.ts"}, bucket="b", prefix="p")
