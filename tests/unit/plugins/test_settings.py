"""Settings are checked when they are read: a sentence names the setting, its value and what would be right."""

from __future__ import annotations

import os
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sparkify.settings import SettingError, Settings, load_settings

ROLE = "arn:aws:iam::123456789012:role/copy"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AIRFLOW__SPARKIFY__")]:
        monkeypatch.delenv(name)


def load(monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"AIRFLOW__SPARKIFY__{name.upper()}", value)
    return load_settings()


READ: list[tuple[str, str, Any]] = [
    # booleans: Airflow's own words, conf.getboolean
    *[("catchup", word, True) for word in ("True", "true", "T", "1", " true ")],
    *[("catchup", word, False) for word in ("False", "f", "0", "")],
    # numbers
    ("max_active_runs", "1", 1),
    ("max_active_runs", " 32 ", 32),
    ("max_active_runs", "", 16),
    ("max_rejected_rows", "99999", 99_999),
    ("max_rejected_share", "0.25", 0.25),
    ("max_rejected_share", "1", 1.0),
    ("song_listing_share", "0", 0.0),
    ("deadline_minutes", "0", 0),
    # words
    ("log_layout", "Daily", "daily"),
    ("copy_role", "DEFAULT", "default"),
    ("copy_role", ROLE, ROLE),
    ("copy_role", "arn:aws-cn:iam::123456789012:role/a/b-c", "arn:aws-cn:iam::123456789012:role/a/b-c"),
    # https://docs.aws.amazon.com/redshift/latest/mgmt/authorizing-redshift-service.html (role chaining)
    ("copy_role", f"{ROLE},{ROLE}2", f"{ROLE},{ROLE}2"),
    ("region", "EU-West-1", "eu-west-1"),
    ("region", "us-gov-west-1", "us-gov-west-1"),
    ("region", "", ""),
    ("reader_conn_id", "", "sparkify_redshift"),
    ("alert_email", "a@example.com, b@example.com", "a@example.com,b@example.com"),
    # dates
    ("start_date", "2020-02-29", datetime(2020, 2, 29, tzinfo=UTC)),
    ("start_date", "2020-01-01T00:00:00+02:00", datetime(2019, 12, 31, 22, tzinfo=UTC)),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    ("source_bucket", "events/", "events"),
    ("source_bucket", "s3://events", "events"),
    ("source_bucket", "S3://events/", "events"),
    ("source_bucket", "arn:aws:s3:::events", "events"),
    ("source_bucket", "my.events-2018", "my.events-2018"),
    ("log_prefix", "/log_data/", "log_data"),
    ("log_prefix", "raw/log_data//", "raw/log_data"),
    ("log_prefix", "s3://sparkify/log_data/", "log_data"),
    ("log_prefix", "s3://sparkify/", ""),
    ("log_prefix", "s3a://sparkify/log_data", "log_data"),
    ("log_prefix", "arn:aws:s3:::sparkify/raw/log_data", "raw/log_data"),
    ("log_prefix", "/", ""),
    ("song_prefix", "year=2018/Ünïcode songs", "year=2018/Ünïcode songs"),
    ("manifest_prefix", "/tmp/manifests/", "tmp/manifests"),
]


@pytest.mark.parametrize(("name", "written", "wanted"), READ)
def test_a_setting_is_read(monkeypatch: pytest.MonkeyPatch, name: str, written: str, wanted: Any) -> None:
    assert getattr(load(monkeypatch, **{name: written}), name) == wanted


REFUSED: list[tuple[str, str, str]] = [
    *[("catchup", word, "True or False") for word in ("yes", "on", "maybe", "2", "no", "Truee")],
    *[("max_active_runs", word, "a whole number from 1 to 1000") for word in ("0", "-1", "1001", "ten", "1.5", "nan")],
    ("retry_delay_seconds", "0", "from 1 to 86400"),
    ("max_rejected_rows", "100000", "from 0 to 99999"),
    ("max_rejected_rows", "1e400", "from 0 to 99999"),
    ("max_window_hours", "0", "from 1 to"),
    ("deadline_minutes", "-5", "from 0 to 10080"),
    ("history_retention_days", "999999999", "from 0 to 36500"),
    *[("max_rejected_share", word, "a number from 0 to 1") for word in ("1.1", "-0.1", "5%", "nan", "inf", "half")],
    ("log_layout", "weekly", "one of hourly, daily"),
    ("copy_role", "copy", "the ARN of an IAM role"),
    ("copy_role", "arn:aws:iam::123:role/x", "the ARN of an IAM role"),
    ("copy_role", "arn:aws:iam::123456789012:user/x", "the ARN of an IAM role"),
    ("copy_role", f"{ROLE}' MAXERROR 100", "the ARN of an IAM role"),
    ("region", "eu-west-1a", "an AWS region such as eu-west-1"),
    ("region", "Ireland", "an AWS region"),
    ("redshift_conn_id", "my connection", "the id of an Airflow connection"),
    ("alert_slack_conn_id", "https://hooks.slack.com/services?x", "the id of an Airflow connection"),
    ("alert_email", "a@example.com; b@example.com", "e-mail addresses with commas"),
    ("alert_email", "nobody", "e-mail addresses with commas"),
    *[
        ("start_date", word, "a date from 1970-01-01 to before 2200-01-01")
        for word in ("yesterday", "2018-13-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1969-12-31")
    ],
    ("source_bucket", "s3://events/log_data", "the name of a bucket only, here events"),
    ("source_bucket", "b", "the name of a bucket"),
    ("source_bucket", "https://events.s3.amazonaws.com", "bucket"),
    ("source_bucket", "arn:aws:s3:eu-west-1:123456789012:accesspoint/events", "bucket"),
    ("source_bucket", "my events", "the name of a bucket"),
    ("manifest_bucket", "a..b", "the name of a bucket"),
    ("log_prefix", "s3://other/log_data", "a folder of the bucket sparkify, not of other"),
    ("source_bucket", "gs://events", "set it to the name of a bucket."),
    ("source_bucket", "//events", "set it to the name of a bucket."),
    ("log_prefix", "arn:aws:s3:::other/log_data", "a folder of the bucket sparkify, not of other"),
    ("log_prefix", "s3:///log_data", "a folder of the bucket sparkify, not of log_data"),
    ("log_prefix", "log_data\\2018", "a folder with / between its parts"),
    ("log_prefix", "..", "a folder of the bucket such as log_data"),
    ("log_prefix", "log_data/../other", "a folder of the bucket"),
    ("log_prefix", "./log_data", "a folder of the bucket"),
    ("log_prefix", "raw//log_data", "a folder of the bucket"),
    ("log_prefix", "log_data/*", "a folder of the bucket"),
    ("log_prefix", "https://sparkify.s3.amazonaws.com/log_data", "a folder of the bucket"),
    ("log_prefix", "song_data", "a folder of its own, other than log_prefix"),
    ("manifest_prefix", "/", "not the whole bucket"),
    ("manifest_prefix", "s3://sparkify", "not the whole bucket"),
    ("manifest_prefix", "song_data/manifests", "a folder that is not within song_prefix (song_data)"),
    ("sql_folder", "/nowhere/sql", "an existing folder"),
]


@pytest.mark.parametrize(("name", "written", "words"), REFUSED)
def test_a_setting_that_cannot_be_used_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, written: str, words: str
) -> None:
    with pytest.raises(SettingError) as caught:
        load(monkeypatch, **{name: written})
    told = str(caught.value)
    assert words in told
    assert told.startswith("[sparkify] song_prefix is" if "of its own" in words else f"[sparkify] {name} is ")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("max_activ_runs", "did you mean max_active_runs?"),
        ("sourcebucket", "did you mean source_bucket?"),
        ("catch_up", "did you mean catchup?"),
        ("xyzzy", "take it out"),
    ],
)
def test_an_unknown_setting_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, words: str) -> None:
    with pytest.raises(SettingError, match=rf"\[sparkify\] {name} is not a setting of this pipeline: {words}"):
        load(monkeypatch, **{name: "1"})


@pytest.mark.parametrize(
    "variable", ["AIRFLOW__SPARKIFY__Catchup", "airflow__sparkify__catchup", "AIRFLOW__SPARKIFY_CATCHUP"]
)
def test_a_variable_that_airflow_would_pass_over_is_refused(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    # https://airflow.apache.org/docs/apache-airflow/stable/howto/set-config.html
    monkeypatch.setenv(variable, "true")
    with pytest.raises(SettingError, match=f"does not read {variable}: write AIRFLOW__SPARKIFY__CATCHUP, or take"):
        load_settings()


def test_defaults_are_such_as_may_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = load(monkeypatch)
    values = {setting.name: getattr(defaults, setting.name) for setting in fields(Settings)}
    written = {name: value.isoformat() if isinstance(value, datetime) else str(value) for name, value in values.items()}
    assert load(monkeypatch, **written) == defaults


def test_every_setting_is_described_and_has_a_kind() -> None:
    for setting in fields(Settings):
        assert setting.metadata["kind"].right
        assert f":param {setting.name}:" in (Settings.__doc__ or "")


def test_the_import_error_of_a_dag_file_ends_with_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.dag_processing.dagbag import DagBag

    monkeypatch.setenv("AIRFLOW__SPARKIFY__MAX_ACTIVE_RUNS", "0")
    root = Path(__file__).parents[3]
    monkeypatch.syspath_prepend(str(root / "dags"))
    bag = DagBag(str(root / "dags" / "sparkify_doctor.py"))
    (told,) = bag.import_errors.values()
    last = told.strip().splitlines()[-1]
    assert last.endswith("[sparkify] max_active_runs is '0'; set it to a whole number from 1 to 1000.")
    assert "During handling" not in told
