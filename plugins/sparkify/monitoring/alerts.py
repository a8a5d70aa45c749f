"""Alerts of failed runs: one message for each run, sent by Airflow's own notifiers to where the settings say.

The DAG's callback runs when the whole run has failed, so there is one message even if several tasks have failed. It
runs in the DAG processor, which does not have the exceptions: each task leaves its own in the XCom ``failure``
(:func:`record_failure`), where the pages find it as well.
https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/logging-monitoring/callbacks.html
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sparkify.hooks.errors import describe, is_transient, step_if_it_persists
from sparkify.hooks.refusal import RunRefusedError
from sparkify.operators.links import run_url
from sparkify.run_windows import requested_window

if TYPE_CHECKING:
    from airflow.sdk import BaseNotifier

    from sparkify.settings import Settings

log = logging.getLogger(__name__)

#: XCom key under which a failed task leaves its reason.
FAILURE_KEY = "failure"
#: XCom key by which a task says that its run was refused before the task did anything.
REFUSED_KEY = "refused"
#: The hourly DAG's teardowns. They fail because another task failed, so their reason counts only if no other task gave
#: one.
TEARDOWNS = ("close_staging", "confirm_opened")
_REASON_LENGTH = 2000
_SUBJECT = "{{ alert_subject() }}"
_TEXT = "{{ alert_text() }}"


def notifiers(settings: Settings) -> list[BaseNotifier]:
    """Return the notifiers that the settings name; nothing is imported for the others.

    :param settings: the pipeline's settings, ``alert_…``.
    """
    made: list[Any] = []
    if settings.alert_email:
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier

        to = [address.strip() for address in settings.alert_email.split(",") if address.strip()]
        body = "<pre>{{ alert_text() | e }}</pre>"
        made.append(SmtpNotifier(to=to, subject=_SUBJECT, html_content=body, smtp_conn_id=settings.alert_email_conn_id))
    if settings.alert_slack_conn_id:
        from airflow.providers.slack.notifications.slack_webhook import SlackWebhookNotifier

        made.append(SlackWebhookNotifier(slack_webhook_conn_id=settings.alert_slack_conn_id, text=_TEXT, timeout=30))
    if settings.alert_webhook_conn_id:
        from airflow.providers.http.notifications.http import HttpNotifier

        message = {"subject": _SUBJECT, "text": _TEXT, "dag_id": "{{ dag.dag_id }}", "run_id": "{{ run_id }}"}
        message |= {"link": "{{ alert_link() }}"}
        made.append(
            HttpNotifier(http_conn_id=settings.alert_webhook_conn_id, json=message, extra_options={"timeout": 30})
        )
    return made


def record_failure(context: Mapping[str, Any]) -> None:
    """Record why a task failed, for the message (a task's ``on_failure_callback``)."""
    error = context.get("exception")
    if error is None:
        return
    with suppress(Exception):  # a worker that was killed can no longer push it
        ti = context["ti"]
        reason = _explain(error).removeprefix(f"{ti.task_id} failed: ")  # messages and pages name the task
        ti.xcom_push(key=FAILURE_KEY, value=reason[:_REASON_LENGTH])
        if isinstance(error, RunRefusedError):
            ti.xcom_push(key=REFUSED_KEY, value=True)


def _explain(error: BaseException) -> str:
    if not is_transient(error):
        return str(error) or type(error).__name__
    return f"{describe(error)}. Every retry failed. {step_if_it_persists(error)}"


def macros() -> dict[str, Callable[..., str]]:
    """Return the functions that the messages' templates call, for a DAG's ``user_defined_macros``."""
    from jinja2 import pass_context

    return {
        "alert_subject": pass_context(subject),
        "alert_text": pass_context(text),
        "alert_link": pass_context(link),
    }


def subject(context: Mapping[str, Any]) -> str:
    """Return what failed, and for which hours, in one line."""
    window = _window(context)
    return f"{context['dag'].dag_id} failed" + (f": {window}" if window else "")


def text(context: Mapping[str, Any]) -> str:
    """Return the message: what failed, where, why, since when, and where to look."""
    lines = [subject(context)]
    failures = _failures(context)
    lines += [f"{task_id}: {reason}" for task_id, reason in failures.items()]
    if not failures:
        lines.append(f"Reason: {context.get('reason') or 'not known'}")
    run = context.get("dag_run")
    started = getattr(run, "start_date", None)
    lines.append(f"Run {context['run_id']}" + (f", since {started:%Y-%m-%d %H:%M:%S} UTC" if started else ""))
    lines.append(link(context, next(iter(failures), None)))
    return "\n".join(lines)


def link(context: Mapping[str, Any], task_id: str | None = None) -> str:
    """Return the address of the run in Airflow's UI, or of a task's log in it."""
    run = run_url(context["dag"].dag_id, context["run_id"])
    return f"{run}/tasks/{quote(task_id)}" if task_id else run


def _window(context: Mapping[str, Any]) -> str:
    run = context.get("dag_run")
    if run is None:
        return ""
    window = requested_window(run)
    return str(window) if window else ""


def _failures(context: Mapping[str, Any]) -> dict[str, str]:
    """Return the failed tasks with their reasons, without those that failed because of an upstream task."""
    ti = context.get("ti")
    if ti is None:
        return {}
    states = ti.get_task_states(dag_id=ti.dag_id, run_ids=[context["run_id"]]).get(context["run_id"], {})
    failed = [task_id for task_id, state in states.items() if state == "failed"]
    failed = [task_id for task_id in failed if task_id not in TEARDOWNS] or failed[:1]
    return {task_id: _reason(ti, task_id) for task_id in sorted(failed)}


def _reason(ti: Any, task_id: str) -> str:
    with suppress(Exception):
        reason = ti.xcom_pull(task_ids=task_id, key=FAILURE_KEY)
        if reason:
            return str(reason)
    return "ended without a reason: its worker was killed or lost. See the log."
