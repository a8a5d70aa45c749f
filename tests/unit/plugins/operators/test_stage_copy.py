"""How files are copied: COPYs, manifests, rejected lines, and what is said when COPY fails."""

from __future__ import annotations

import gzip

import pytest
from airflow.sdk.exceptions import AirflowFailException

from sparkify.hooks.errors import SourceChangedError
from tests.support.fake_services import TWO_HOURS
from tests.support.staging_operators import stage_partitions

HOUR_13 = "log_data/2018/11/05/13/"
GIVEN = {
    "table": "staging",
    "columns": {"ts": "$.ts", "user_id": "$['userId']"},
    "bucket": "source",
    "prefix": "log_data",
    "window": TWO_HOURS,
}


@pytest.fixture
def stage(run_staging):
    """Stage files and return the session, the store, and the result or exception."""

    def make(**options):
        return stage_partitions(**{**GIVEN, "task_id": "t", **options})

    return lambda files, **options: run_staging(files, make, **options)


class ServerError(Exception):
    """What a driver raises."""

    def __init__(self, message: str, code: str = "XX000") -> None:
        super().__init__({"M": message, "C": code})


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
