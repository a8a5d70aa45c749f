"""All settings of the pipeline, from the section ``[sparkify]`` of Airflow's configuration.

Set one in ``airflow.cfg``, as ``AIRFLOW__SPARKIFY__<NAME>`` in the environment, or as a configuration option of
Amazon MWAA. An empty setting counts as not set. No setting says whether the pipeline runs on AWS or on a laptop.
"""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sparkify.hooks.locks import LOCK_WAIT_SECONDS
from sparkify.hooks.value_kinds import Kind, choice, whole
from sparkify.setting_kinds import (
    Advice,
    addresses,
    boolean,
    bucket,
    conn_id,
    date,
    folder,
    prefix,
    region,
    role,
    share,
    within,
)

_SECTION = "sparkify"
_ENVIRONMENT = "AIRFLOW__SPARKIFY__"
#: Variables that are meant as settings; Airflow reads only those in capitals and spelled correctly.
_MEANT = re.compile(r"AIRFLOW_+SPARKIFY_+", re.IGNORECASE)
#: The folder of the SQL files in a checkout; a deployment that puts them elsewhere sets ``sql_folder``.
_SQL_FOLDER = Path(__file__).resolve().parents[2] / "sql"
_CENTURY_DAYS = 36_500
_FIRST_HOUR = datetime(2018, 11, 1, tzinfo=UTC)


class SettingError(ValueError):
    """A setting that cannot be used as it is."""


def _setting(kind: Kind, default: Any = "", *, otherwise: str = "") -> Any:
    """Return a field of the settings.

    :param kind: what its value may be.
    :param default: the value when it is not set.
    :param otherwise: the setting whose value it has when it is not set.
    """
    return field(metadata={"kind": kind, "default": default, "otherwise": otherwise})


@dataclass(frozen=True)
class Settings:
    """What the DAGs need to know about their environment.

    :param redshift_conn_id: connection of type ``redshift`` or ``postgres``.
    :param reader_conn_id: the connection by which the pages in Airflow's UI read the warehouse; by default the same.
    :param aws_conn_id: connection of type ``aws``, for S3.
    :param source_bucket: bucket of the event logs and song files; it is only read.
    :param log_prefix: key prefix of the event logs.
    :param song_prefix: key prefix of the song files.
    :param log_layout: ``hourly`` partitions or ``daily`` files.
    :param manifest_bucket: bucket to which COPY manifests are written.
    :param manifest_prefix: key prefix of the manifests.
    :param copy_role: ARN of the IAM role that Redshift uses to read S3, or ``default``.
    :param region: the source bucket's region; empty when it is the warehouse's own.
    :param start_date: first data interval, UTC.
    :param catchup: whether unpausing the DAG loads all intervals since then.
    :param max_active_runs: how many runs may be under way at once.
    :param retry_delay_seconds: wait before a task's first retry; it doubles with every further one.
    :param lock_wait_seconds: how long a load waits for its turn to write before its task fails and is retried.
    :param max_rejected_rows: the malformed rows that a COPY may reject before it fails.
    :param max_rejected_share: the share of a partition's lines that may be rejected, 0 to 1; the stricter limit holds.
    :param on_drift: ``fail`` or ``warn``: what a run does when most of a partition's events, or of the new songs, lack
        the fields that identify them.
    :param song_listing_share: the share of time that listing 100,000 song files and more may take, 0 to 1; 0 lists
        them every time, which is also done while there are fewer.
    :param max_window_hours: the longest span that one run may load.
    :param deadline_minutes: minutes after its end by which an hour has to be loaded.
    :param staging_retention_days: days that maintenance keeps the staging schemas of failed runs.
    :param history_retention_days: days that it keeps superseded ledger rows and check results; 0 keeps them forever.
    :param quarantine_retention_days: days that it keeps lines that were not loaded; 0 keeps them forever.
    :param alert_email: addresses, separated by commas, that get an e-mail about failed runs; empty for none.
    :param alert_email_conn_id: connection of type ``smtp`` that sends the e-mails.
    :param alert_slack_conn_id: connection of type ``slackwebhook`` for messages about failed runs; empty for none.
    :param alert_webhook_conn_id: connection of type ``http`` that gets a POST with JSON; empty for none.
    :param sql_folder: where the SQL files are.
    """

    redshift_conn_id: str = _setting(conn_id(), "sparkify_redshift")
    reader_conn_id: str = _setting(conn_id(), otherwise="redshift_conn_id")
    aws_conn_id: str = _setting(conn_id(), "sparkify_aws")
    source_bucket: str = _setting(bucket(), "sparkify")
    log_prefix: str = _setting(prefix(), "log_data")
    song_prefix: str = _setting(prefix(), "song_data")
    log_layout: str = _setting(choice("hourly", "daily"), "hourly")
    manifest_bucket: str = _setting(bucket(), otherwise="source_bucket")
    manifest_prefix: str = _setting(prefix(), "manifests")
    copy_role: str = _setting(role(), "default")
    region: str = _setting(region())
    start_date: datetime = _setting(date(), _FIRST_HOUR)  # noqa: RUF009 - a field like the others
    catchup: bool = _setting(boolean(), default=False)
    max_active_runs: int = _setting(whole(1, 1000), 16)
    retry_delay_seconds: int = _setting(whole(1, 86_400), 10)
    lock_wait_seconds: int = _setting(whole(1, 7200), LOCK_WAIT_SECONDS)
    # COPY's MAXERROR is at most 100,000: https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-load.html
    max_rejected_rows: int = _setting(whole(0, 99_999), 0)
    max_rejected_share: float = _setting(share(), 1.0)
    on_drift: str = _setting(choice("fail", "warn"), "fail")
    song_listing_share: float = _setting(share(), 0.05)
    max_window_hours: int = _setting(whole(1, 24 * _CENTURY_DAYS), 24 * 92)
    deadline_minutes: int = _setting(whole(0, 7 * 24 * 60), 45)
    staging_retention_days: int = _setting(whole(0, _CENTURY_DAYS), 7)
    history_retention_days: int = _setting(whole(0, _CENTURY_DAYS), 400)
    quarantine_retention_days: int = _setting(whole(0, _CENTURY_DAYS), 0)
    alert_email: str = _setting(addresses())
    alert_email_conn_id: str = _setting(conn_id(), "smtp_default")
    alert_slack_conn_id: str = _setting(conn_id())
    alert_webhook_conn_id: str = _setting(conn_id())
    sql_folder: str = _setting(folder(), str(_SQL_FOLDER))

    @property
    def other_prefixes(self) -> tuple[str, ...]:
        """The folders of the source's bucket that hold no event logs, in case they are below ``log_prefix``."""
        manifests = (self.manifest_prefix,) if self.manifest_bucket == self.source_bucket else ()
        return (self.song_prefix, *manifests)


def load_settings() -> Settings:
    """Read the settings.

    :raises SettingError: when a name or a value is wrong; the message says which one, and what would be right.
    """
    _refuse_unknown()
    values: dict[str, Any] = {}
    for setting in fields(Settings):
        value = _read(setting.name, setting.metadata["kind"])
        if value is None:
            otherwise = setting.metadata["otherwise"]
            value = values[otherwise] if otherwise else setting.metadata["default"]
        values[setting.name] = value
    for name, of in (("log_prefix", "source"), ("song_prefix", "source"), ("manifest_prefix", "manifest")):
        values[name] = _path(name, values[name], values[f"{of}_bucket"])
    _refuse_shared_folders(values)
    return Settings(**values)


def _read(name: str, kind: Kind) -> Any:
    """Return a setting's value, ``None`` when it is not set."""
    from airflow.sdk.configuration import conf

    written = conf.get(_SECTION, name, fallback=None)
    if written is None or not written.strip():
        return None
    try:
        return kind.read(written.strip())
    except Advice as advice:
        raise _refusal(name, written, str(advice)) from None
    except ValueError:
        raise _refusal(name, written, kind.right) from None


def _path(name: str, value: str, bucket_name: str) -> str:
    try:
        return within(value, bucket_name, is_root_allowed=name != "manifest_prefix")
    except Advice as advice:
        raise _refusal(name, value, str(advice)) from None


def _refuse_shared_folders(values: dict[str, Any]) -> None:
    """Refuse manifests among the data, where they would be loaded, and one folder for both kinds of data."""
    logs, songs, manifests = (values[f"{name}_prefix"] for name in ("log", "song", "manifest"))
    if logs == songs:
        raise _refusal("song_prefix", songs, "a folder of its own, other than log_prefix")
    if values["manifest_bucket"] == values["source_bucket"]:
        for name, data in (("log_prefix", logs), ("song_prefix", songs)):
            if data and f"{manifests}/".startswith(f"{data}/"):
                raise _refusal("manifest_prefix", manifests, f"a folder that is not within {name} ({data})")


def _refuse_unknown() -> None:
    """Refuse unknown settings: a misspelled one would have no effect."""
    from airflow.sdk.configuration import conf

    known = {setting.name for setting in fields(Settings)}
    given = set()
    for variable in filter(_MEANT.match, os.environ):
        name = _MEANT.sub("", variable)
        if variable != f"{_ENVIRONMENT}{name.upper()}":
            raise SettingError(f"Airflow does not read {variable}: write {_ENVIRONMENT}{name.upper()}, or take it out.")
        given.add(name.lower())
    if conf.has_section(_SECTION):
        given |= set(conf.options(_SECTION))
    for name in sorted(given - known):
        close = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else "take it out."
        raise SettingError(f"[sparkify] {name} is not a setting of this pipeline: {hint}")


def _refusal(name: str, value: str, right: str) -> SettingError:
    return SettingError(f"[sparkify] {name} is {value.strip()!r}; set it to {right}.")
