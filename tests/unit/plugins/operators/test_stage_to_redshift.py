"""The decisions of StageToRedshiftOperator, with a stand-in for the warehouse and for S3."""

from __future__ import annotations

import gzip
import hashlib
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, TaskDeferred
from redshift_connector.error import ProgrammingError

from sparkify.hooks.errors import SourceChangedError
from sparkify.operators.stage_to_redshift import StageToRedshiftOperator
from tests.support.fake_services import AS_OF, CONTEXT, FakeSession, FakeStore
from tests.support.ledgers import ledger_of

HOUR_13 = "log_data/2018/11/05/13/"
HOUR_14 = "log_data/2018/11/05/14/"
NEW_SONGS = {
    "layout": None,
    "prefix": "songs",
    "partition_column": None,
    "only_new": True,
    "ledger": ledger_of("songs"),
}


class ServerError(Exception):
    """What a driver raises."""

    def __init__(self, message: str, code: str = "XX000") -> None:
        super().__init__({"M": message, "C": code})


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


def test_counts_are_returned_and_noted(stage):
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


def test_plain_and_gzip_files_get_a_copy_each(stage):
    done = stage({f"{HOUR_13}a.json": b'{"ts":1}\n', f"{HOUR_13}b.json.gz": gzip.compress(b'{"ts":2}\n{"ts":3}')})
    copies = [statement for statement in done.session.statements if statement.startswith("COPY")]
    assert ["GZIP" in copy for copy in copies] == [False, True]
    assert done.result["staged"] == 3


def test_manifest_and_jsonpaths_go_to_their_own_bucket_and_are_removed_after_success(stage):
    done = stage({f"{HOUR_13}a.json": b'{"ts":1}'})
    written = {uri for uri in done.store.files if uri.startswith("s3://manifests/")}
    assert set(done.store.deleted) == written
    assert {uri.rpartition("/")[2] for uri in written} == {"columns.jsonpaths", "2018-11-05T13-plain.manifest"}
    [folder] = {uri.rpartition("/")[0] for uri in written}
    assert folder.startswith("s3://manifests/manifests/d/manual__2018-11-05T13_00_00_00_00/t/1/")


def test_manifest_is_left_after_a_failure(stage):
    done = stage({f"{HOUR_13}a.json": b'{"ts":1}\n{'})
    assert isinstance(done.result, AirflowFailException)
    assert done.store.deleted == []


def test_without_a_partition_column_copy_fills_the_table_itself(stage):
    done = stage(
        {"songs/A/x.json": b'{"ts":1}', "songs/A/y.json": b'{"ts":2}'},
        layout=None,
        prefix="songs",
        partition_column=None,
    )
    statements = done.session.statements
    assert [s.split("\n")[0] for s in statements[:2]] == ["BEGIN", 'COPY "staging" ("ts", "user_id")']
    assert done.result["staged"] == 2
    assert done.session.inserted["staged_partitions"][0][1:4] == ("", 0, 0)


def test_without_a_partition_column_the_rows_of_an_earlier_try_go_first(stage):
    def stage_before(session, store):
        session.staged_before = {""}

    options = {"layout": None, "prefix": "songs", "partition_column": None}
    done = stage({"songs/A/x.json": b'{"ts":1}'}, prepare=stage_before, **options)
    statements = [s.split("\n")[0] for s in done.session.statements]
    assert statements[1:3] == ['DELETE FROM "staging"', 'COPY "staging" ("ts", "user_id")']
    empty = stage({}, prepare=stage_before, **options)
    assert empty.session.statements[1] == 'DELETE FROM "staging"'


def test_the_time_of_the_files_is_noted_of_all_partitions(stage):
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


def test_of_new_files_only_those_are_looked_at_again(stage):
    def add(session, store):
        session.during_copy = lambda: store.files.update({"s3://source/songs/b.json": b'{"ts":2}'})

    done = stage({"songs/a.json": b'{"ts":1}'}, prepare=add, **NEW_SONGS)
    assert done.result["staged"] == 1


@pytest.mark.parametrize(
    ("accepted", "noted", "removed"),
    [(True, [("s3://source/songs/gone.json", "", 0, None, 0)], 1), (False, [], None)],
)
def test_files_that_are_gone_are_noted_without_an_etag_if_that_is_accepted(stage, accepted, noted, removed):
    ledger = [
        ("s3://source/songs/a.json", hashlib.md5(b"{}").hexdigest(), 2),
        ("s3://source/songs/gone.json", "e", 2),
        ("s3://source/songs/gone_before.json", "", 0),
        ("s3://source/songs/empty.json", "e", 0),
    ]
    done = stage({"songs/a.json": b"{}"}, loaded=ledger, accept_removed=accepted, **NEW_SONGS)
    assert [row[2:] for row in done.session.inserted.get("staged_objects", [])] == noted
    assert done.result.get("removed") == removed
    assert done.result["files"] == 0


def test_a_file_that_is_back_is_listed_again_by_the_next_try(stage):
    def put_back(session, store):
        def one(sql, parameters=None):
            store.files["s3://source/songs/gone.json"] = b"{}"
            return AS_OF, 0

        session.one = one

    ledger = [("s3://source/songs/gone.json", "e", 2)]
    done = stage({}, loaded=ledger, prepare=put_back, accept_removed=True, **NEW_SONGS)
    assert isinstance(done.result, SourceChangedError)
    assert "songs/gone.json is back" in str(done.result)


def test_auto_has_copy_match_names_itself(stage):
    done = stage({f"{HOUR_13}a.json": b'{"ts":1}'}, columns="auto")
    assert any(s.startswith('COPY "copied_rows_1"\n') and "JSON 'auto'" in s for s in done.session.statements)
    assert (
        'INSERT INTO "staging" ("ts", "user_id", "source_partition") SELECT "ts", "user_id", '
        "'2018-11-05T13' FROM copied_rows_1" in done.session.statements
    )


def test_only_new_leaves_out_versions_that_the_ledger_has(stage):
    a, b = b'{"ts":1}', b'{"ts":2}'
    known = [
        ("s3://source/songs/a.json", hashlib.md5(a).hexdigest(), 8),
        ("s3://source/songs/b.json", "another version", 8),
    ]
    done = stage(
        {"songs/a.json": a, "songs/b.json": b},
        layout=None,
        prefix="songs",
        only_new=True,
        loaded=known,
        ledger=ledger_of("songs"),
        partition_column=None,
    )
    assert [row[2] for row in done.session.inserted["staged_objects"]] == ["s3://source/songs/b.json"]


def test_nothing_new_copies_nothing(stage):
    a = b'{"ts":1}'
    done = stage(
        {"songs/a.json": a},
        layout=None,
        prefix="songs",
        only_new=True,
        loaded=[("s3://source/songs/a.json", hashlib.md5(a).hexdigest(), 8)],
        ledger=ledger_of("songs"),
        partition_column=None,
        copy_role=None,
    )
    assert done.result["partitions"] == 1
    assert not any(s.startswith("COPY") for s in done.session.statements)
    assert done.store.deleted == []


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
    done = stage({f"{HOUR_13}a.json": b"{}"}, on_absent="wait", wait_timeout=60)
    assert isinstance(done.result, TaskDeferred)
    assert done.result.trigger.prefixes == [HOUR_14]
    assert done.result.method_name == "execute_after_wait"


def test_wait_that_ends_without_files_fails_with_the_prefix(stage):
    operator = StageToRedshiftOperator(task_id="t", table="s", columns="auto", bucket="b", prefix="p")
    with pytest.raises(AirflowFailException, match=HOUR_14):
        operator.execute_after_wait(CONTEXT, {"absent": [HOUR_14]})


def test_bad_lines_within_the_limit_are_kept_with_address_and_raw_line(stage):
    uri = f"s3://source/{HOUR_13}a.json"

    def report_error(session, store):
        session.load_errors = [
            (900, uri, 3, "ts", "int4", 1207, "an older COPY of the session"),
            (1001, uri, 2, "", "", 1216, "Invalid JSON"),
        ]

    done = stage({f"{HOUR_13}a.json": b'{"ts":1}\n{"ts":\n{"ts":3}'}, max_rejected=1, prepare=report_error)
    assert (done.result["source_lines"], done.result["staged"], done.result["rejected"]) == (3, 2, 1)
    [reject] = done.session.inserted["staged_rejects"]
    assert reject == ("staging", "2018-11-05T13", uri, 2, "", "", 1216, "Invalid JSON", '{"ts":')
    assert "MAXERROR 2" in "".join(done.session.statements)


def test_partition_fails_when_the_warehouse_names_fewer_lines_than_it_left_out(stage):
    done = stage({f"{HOUR_13}a.json": b'{"ts":1}\n{"ts":\n{"ts":'}, max_rejected=2)
    assert isinstance(done.result, AirflowFailException)
    assert "left out 2 line(s), and the warehouse names 0" in str(done.result)
    assert "ROLLBACK" in done.session.statements


def test_lines_that_copy_leaves_out_in_silence_fail_the_partition(stage):
    done = stage({f"{HOUR_13}a.json": b'{"ts":1}\n{"ts":'})
    assert isinstance(done.result, AirflowFailException)
    assert "2 source lines are not 1 staged + 0 rejected" in str(done.result)


def test_failed_copy_tells_file_line_column_value_and_reason(stage):
    uri = f"s3://source/{HOUR_13}a.json"

    def fail(session, store):
        session.copy_error = ServerError("Load into table 'copied_rows_1' failed. Check 'sys_load_error_detail'.")
        session.load_errors = [(1001, uri, 2, "user_id", "int4", 1207, "Invalid digit, Value 'x', Pos 0")]

    done = stage({f"{HOUR_13}a.json": b'{"ts":1}\n{"ts":2,"userId":"x1"}'}, prepare=fail)
    assert isinstance(done.result, AirflowFailException)
    expected = f"{uri}, line 2, column user_id (int4), value \"x1\": Invalid digit, Value 'x', Pos 0 (error 1207)."
    assert expected in str(done.result)
    assert "max_rejected" in str(done.result)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("S3ServiceException:Access Denied,Status 403,Error AccessDenied", "Allow the role default s3:GetObject"),
        (
            "COPY with MANIFEST parameter requires full path of an S3 object.",
            "Allow the role default s3:GetObject",
        ),
        ("User arn:aws:redshift::x is not authorized to assume IAM Role y", "attach the role to it"),
        ("The specified bucket does not exist,Status 404,Error NoSuchBucket", "Correct the name of the bucket"),
        ("S3ServiceException:PermanentRedirect", "Set region"),
        (
            "S3ServiceException:The operation is not valid for the object's storage class,Status 403",
            "restore it (aws s3api restore-object)",
        ),
        ('column "x" does not exist', "Correct the column's name"),
        ("Assert", "Correct the cause"),
    ],
)
def test_copy_that_may_not_read_is_permanent_and_says_what_to_do(stage, message, words):
    def fail(session, store):
        session.copy_error = ServerError(message)

    done = stage({f"{HOUR_13}a.json": b"{}"}, prepare=fail)
    assert isinstance(done.result, AirflowFailException)
    assert message.rstrip(".") in str(done.result)
    assert words in str(done.result)


def test_copy_that_a_retry_can_heal_is_raised_as_it_is(stage):
    error = ServerError("S3ServiceException: Please reduce your request rate. SlowDown", "08006")

    def fail(session, store):
        session.copy_error = error

    assert stage({f"{HOUR_13}a.json": b"{}"}, prepare=fail).result is error


def test_file_that_changes_during_the_copy_rolls_back_and_is_retried(stage):
    def change(session, store):
        session.during_copy = lambda: store.files.update({f"s3://source/{HOUR_13}a.json": b'{"ts":2}'})

    done = stage({f"{HOUR_13}a.json": b'{"ts":1}'}, prepare=change)
    assert isinstance(done.result, SourceChangedError)
    assert "ROLLBACK" in done.session.statements
    assert "COMMIT" not in [s for s in done.session.statements if "staged" in s]


def test_missing_bucket_is_permanent(stage):
    done = stage({}, bucket="nowhere")
    assert isinstance(done.result, AirflowFailException)
    assert "no bucket 'nowhere'" in str(done.result)


def test_static_keys_are_used_only_where_the_connection_says_so_and_never_logged(stage):
    def use_keys(session, store):
        store.wants_static_keys = True

    done = stage({f"{HOUR_13}a.json": b"{}"}, prepare=use_keys)
    assert "SECRET_ACCESS_KEY 'verysecret'" in done.session.secret_statements[0]
    assert not any("verysecret" in statement for statement in done.session.statements)


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


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"on_absent": "shrug"}, "on_absent is 'shrug'"),
        ({"layout": "hourly"}, "window_start"),
        ({"partition_column": None}, "partition_column"),
        ({"only_new": True, "ledger": ledger_of("x")}, "no layout"),
        ({"only_new": True, "layout": None}, "needs a ledger"),
        ({"columns": "automatic"}, "columns is 'automatic'"),
        ({"row_key": "ts"}, "no partition_column"),
        ({"row_key": "other", "layout": None, "partition_column": None}, "path is one key"),
        ({"row_key": "ts", "layout": None, "partition_column": None, "columns": "auto"}, "path is one key"),
        ({"copy_role": None}, "no credentials"),
        ({"window_start": "2018-11-05T13:30Z"}, "not a whole hour"),
    ],
)
def test_parameters_that_make_no_sense_fail_at_once(stage, options, words):
    result = stage({f"{HOUR_13}a.json": b"{}"}, **options).result
    assert isinstance(result, AirflowFailException)
    assert words in str(result)


def test_asset_events_carry_the_counts(stage):
    from airflow.sdk import Asset

    asset = Asset("staged")
    event = SimpleNamespace(extra=None)
    done = stage({f"{HOUR_13}a.json": b"{}"}, outlets=[asset], context={**CONTEXT, "outlet_events": {asset: event}})
    assert event.extra == done.result


def test_killed_task_cancels_every_running_statement():
    operator = StageToRedshiftOperator(task_id="t", table="s", columns="auto", bucket="b", prefix="p")
    sessions = [FakeSession(FakeStore({})), FakeSession(FakeStore({}))]
    operator._sessions.extend(sessions)
    operator.on_kill()
    assert [session.cancelled for session in sessions] == [1, 1]


def test_statistics_are_computed_of_much_only(stage):
    files = {f"{HOUR_13}a.json": b'{"ts":1}\n{"ts":2}'}
    assert 'ANALYZE "staging"' not in stage(files).session.statements
    assert 'ANALYZE "staging"' not in stage(files, analyze_above=2).session.statements
    assert stage(files, analyze_above=1).session.statements[-1] == 'ANALYZE "staging"'
