"""The pipeline's settings, all of them, from section ``[sparkify]`` of Airflow's configuration.

Set one in ``airflow.cfg``, as ``AIRFLOW__SPARKIFY__<NAME>`` in the environment, or as a configuration option of
Amazon MWAA. Nothing here says whether the other side is AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

#: The folder of the SQL files in a checkout; a deployment that puts them elsewhere sets ``sql_folder``.
_SQL_FOLDER = Path(__file__).resolve().parents[2] / "sql"


@dataclass(frozen=True)
class Settings:
    """What the DAGs need to know of their surroundings.

    :param redshift_conn_id: connection of type ``redshift`` or ``postgres``.
    :param reader_conn_id: the connection by which the pages in Airflow's UI read the warehouse; by default the same.
    :param aws_conn_id: connection of type ``aws``, for S3.
    :param source_bucket: bucket of the event logs and song files; it is only read.
    :param log_prefix: key prefix of the event logs.
    :param song_prefix: key prefix of the song files.
    :param log_layout: ``hourly`` partitions or ``daily`` files.
    :param manifest_bucket: bucket to which COPY manifests are written.
    :param manifest_prefix: key prefix of the manifests.
    :param copy_role: ARN of the IAM role by which Redshift reads S3, or ``default``.
    :param region: the source bucket's region; empty when it is the warehouse's own.
    :param start_date: first data interval, UTC.
    :param catchup: whether unpausing the DAG loads all intervals since then.
    :param max_active_runs: how many runs may be under way at once.
    :param retry_delay_seconds: wait before a task's first retry; it doubles with every further one.
    :param max_rejected_rows: malformed rows that a COPY may put aside before it fails.
    :param max_rejected_share: the share of a partition's lines that may be, 0 to 1; the stricter of the two holds.
    :param on_drift: ``fail`` or ``warn``: what a run does when a partition's events, or the new songs, largely lack
        what identifies them.
    :param song_listing_share: the share of time that listing 100,000 song files and more may take, 0 to 1; 0 lists
        them every time, which is also done while there are fewer.
    :param max_window_hours: the longest span that one run may load.
    :param deadline_minutes: minutes after its end by which an hour has to be loaded.
    :param staging_retention_days: days that maintenance keeps the staging schemas of failed runs.
    :param history_retention_days: days that it keeps superseded ledger rows and results of checks; 0 for ever.
    :param quarantine_retention_days: days that it keeps lines that were not loaded; 0 for ever.
    :param alert_email: addresses, separated by commas, that are told of failed runs; empty for none.
    :param alert_email_conn_id: connection of type ``smtp`` that sends it.
    :param alert_slack_conn_id: connection of type ``slackwebhook`` that is told as well; empty for none.
    :param alert_webhook_conn_id: connection of type ``http`` that gets a POST with JSON; empty for none.
    :param sql_folder: where the SQL files are.
    """

    redshift_conn_id: str
    reader_conn_id: str
    aws_conn_id: str
    source_bucket: str
    log_prefix: str
    song_prefix: str
    log_layout: str
    manifest_bucket: str
    manifest_prefix: str
    copy_role: str
    region: str
    start_date: datetime
    catchup: bool
    max_active_runs: int
    retry_delay_seconds: int
    max_rejected_rows: int
    max_rejected_share: float
    on_drift: str
    song_listing_share: float
    max_window_hours: int
    deadline_minutes: int
    staging_retention_days: int
    history_retention_days: int
    quarantine_retention_days: int
    alert_email: str
    alert_email_conn_id: str
    alert_slack_conn_id: str
    alert_webhook_conn_id: str
    sql_folder: str


def load_settings() -> Settings:
    """Read the settings.

    :raises ValueError: when one is not of its type, naming it.
    """
    return Settings(
        redshift_conn_id=_text("redshift_conn_id", "sparkify_redshift"),
        reader_conn_id=_text("reader_conn_id", "") or _text("redshift_conn_id", "sparkify_redshift"),
        aws_conn_id=_text("aws_conn_id", "sparkify_aws"),
        source_bucket=_text("source_bucket", "sparkify"),
        log_prefix=_text("log_prefix", "log_data"),
        song_prefix=_text("song_prefix", "song_data"),
        log_layout=_choice("log_layout", ("hourly", "daily")),
        manifest_bucket=_text("manifest_bucket", "") or _text("source_bucket", "sparkify"),
        manifest_prefix=_text("manifest_prefix", "manifests"),
        copy_role=_text("copy_role", "default"),
        region=_text("region", ""),
        start_date=_date("start_date", "2018-11-01"),
        catchup=_text("catchup", "False").lower() in ("true", "1", "t"),
        max_active_runs=_number("max_active_runs", 16),
        retry_delay_seconds=_number("retry_delay_seconds", 10),
        max_rejected_rows=_number("max_rejected_rows", 0),
        max_rejected_share=_share("max_rejected_share", "1"),
        on_drift=_choice("on_drift", ("fail", "warn")),
        song_listing_share=_share("song_listing_share", "0.05"),
        max_window_hours=_number("max_window_hours", 24 * 92),
        deadline_minutes=_number("deadline_minutes", 45),
        staging_retention_days=_number("staging_retention_days", 7),
        history_retention_days=_number("history_retention_days", 400),
        quarantine_retention_days=_number("quarantine_retention_days", 0),
        alert_email=_text("alert_email", ""),
        alert_email_conn_id=_text("alert_email_conn_id", "smtp_default"),
        alert_slack_conn_id=_text("alert_slack_conn_id", ""),
        alert_webhook_conn_id=_text("alert_webhook_conn_id", ""),
        sql_folder=_text("sql_folder", str(_SQL_FOLDER)),
    )


def _text(name: str, default: str) -> str:
    from airflow.sdk.configuration import conf

    return str(conf.get("sparkify", name, fallback=default)).strip()


def _number(name: str, default: int) -> int:
    value = _text(name, str(default))
    if not value.isdecimal():
        raise ValueError(f"[sparkify] {name} is {value!r}; set it to a whole number such as {default}.")
    return int(value)


def _share(name: str, default: str) -> float:
    value = _text(name, default)
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ValueError(f"[sparkify] {name} is {value!r}; set it to a number from 0 to 1 such as {default}.")
    return share


def _choice(name: str, choices: tuple[str, ...]) -> str:
    value = _text(name, choices[0])
    if value not in choices:
        raise ValueError(f"[sparkify] {name} is {value!r}; set it to one of {', '.join(choices)}.")
    return value


def _date(name: str, default: str) -> datetime:
    value = _text(name, default)
    try:
        date = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"[sparkify] {name} is {value!r}; set it to a date such as {default}.") from None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
