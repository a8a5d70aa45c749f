"""Who is told of a failed run, and what."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import DAG

from sparkify.hooks.refusal import RunRefusedError
from sparkify.monitoring import alerts
from sparkify.settings import Settings, load_settings

RUN_ID = "manual__2018-11-05T14:00:00+00:00"


class TaskInstance:
    """As much of the context's task instance as the message asks for."""

    dag_id = "sparkify_hourly"
    task_id = "stage.stage_events"

    def __init__(self, states: dict[str, str], reasons: dict[str, str]) -> None:
        self._states = states
        self._reasons = reasons
        self.pushed: dict[str, Any] = {}

    def get_task_states(self, dag_id: str, run_ids: list[str]) -> dict[str, dict[str, str]]:
        return {run_ids[0]: self._states}

    def xcom_pull(self, task_ids: str, key: str) -> str | None:
        assert key == alerts.FAILURE_KEY
        return self._reasons.get(task_ids)

    def xcom_push(self, key: str, value: Any) -> None:
        self.pushed[key] = value


def context(states: dict[str, str] | None = None, reasons: dict[str, str] | None = None) -> dict[str, Any]:
    run = SimpleNamespace(
        conf={"window_start": "2018-11-05T13:00:00Z", "window_end": "2018-11-05T14:00:00Z"},
        data_interval_start=None,
        data_interval_end=None,
        start_date=datetime(2018, 11, 5, 14, 1, 2, tzinfo=UTC),
    )
    dag = DAG("sparkify_hourly", schedule=None, user_defined_macros=alerts.macros())
    failed = states or {"stage.stage_events": "failed", "publish": "upstream_failed", "close_staging": "success"}
    ti = TaskInstance(failed, {"stage.stage_events": "Line 3 is no JSON"} if reasons is None else reasons)
    return {"dag": dag, "run_id": RUN_ID, "dag_run": run, "ti": ti, "reason": "task_failure"}


def settings(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, value in given.items():
        monkeypatch.setenv(f"AIRFLOW__SPARKIFY__{name.upper()}", value)
    return load_settings()


def test_the_message_says_what_where_why_since_when_and_where_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://airflow.example/prefix/")
    assert alerts.text(context()).splitlines() == [
        "sparkify_hourly failed: 2018-11-05T13:00Z to 2018-11-05T14:00Z",
        "stage.stage_events: Line 3 is no JSON",
        f"Run {RUN_ID}, since 2018-11-05 14:01:02 UTC",
        "https://airflow.example/prefix/dags/sparkify_hourly/runs/manual__2018-11-05T14%3A00%3A00%2B00%3A00"
        "/tasks/stage.stage_events",
    ]


def test_several_failed_tasks_are_one_message_and_one_that_was_killed_is_in_it() -> None:
    states = {"load.load_songs": "failed", "load.load_users": "failed", "publish": "upstream_failed"}
    said = alerts.text(context(states, {"load.load_songs": "no such column"}))
    assert "load.load_songs: no such column" in said
    assert "load.load_users: ended without a reason" in said
    assert "publish" not in said


def test_without_a_task_the_schedulers_reason_is_given() -> None:
    bare = {"dag": DAG("x", schedule=None), "run_id": "r", "reason": "timed_out"}
    assert "Reason: timed_out" in alerts.text(bare)
    assert alerts.subject(bare) == "x failed"


def test_a_task_leaves_its_reason_and_a_killed_one_nothing() -> None:
    left = context()
    alerts.record_failure({**left, "exception": ValueError("x" * 5000)})
    assert left["ti"].pushed == {"failure": "x" * 2000}
    alerts.record_failure({**left, "exception": ValueError("stage.stage_events failed: no bucket")})
    assert left["ti"].pushed == {"failure": "no bucket"}
    alerts.record_failure({**left, "exception": ConnectionRefusedError("refused")})
    assert left["ti"].pushed["failure"].startswith("refused. Every retry failed. If it persists: see that the ")
    left = context()
    alerts.record_failure(left)
    assert left["ti"].pushed == {}


def test_a_task_that_is_refused_says_so_beside_its_reason() -> None:
    left = context()
    alerts.record_failure({**left, "exception": RunRefusedError("open_staging cannot start: the window is open-ended")})
    assert left["ti"].pushed == {"failure": "open_staging cannot start: the window is open-ended", "refused": True}


def test_nobody_is_told_and_nothing_imported_without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if "notifications" in name]:
        monkeypatch.delitem(sys.modules, name)
    assert alerts.notifiers(settings(monkeypatch)) == []
    assert not [name for name in sys.modules if name.endswith(("notifications.smtp", "notifications.http"))]


def test_all_channels_get_the_same_message(monkeypatch: pytest.MonkeyPatch) -> None:
    found = alerts.notifiers(
        settings(
            monkeypatch,
            alert_email="a@example.org, b@example.org",
            alert_slack_conn_id="slack",
            alert_webhook_conn_id="hook",
        )
    )
    mail, slack, webhook = found
    sent = []
    for notifier in found:
        monkeypatch.setattr(notifier, "notify", sent.append)
        notifier(context())
    expected = alerts.text(context())
    assert mail.to == ["a@example.org", "b@example.org"]
    assert mail.subject == alerts.subject(context())
    assert mail.html_content == f"<pre>{expected}</pre>"
    assert slack.text == expected
    assert webhook.json["text"] == expected
    assert webhook.json["run_id"] == RUN_ID
    assert len(sent) == 3
