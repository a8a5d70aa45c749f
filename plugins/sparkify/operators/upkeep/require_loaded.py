"""Fails when an hour is not in the ledger by its deadline."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from sparkify.operators.base import WarehouseOperator
from sparkify.windows import HOUR, Window, hour_label

if TYPE_CHECKING:
    from airflow.sdk import Context

    from sparkify.ledger.ledger import Ledger

log = logging.getLogger(__name__)

#: XCom with the hour that was reported last, and for how long that covers the hours that follow it.
_REPORTED_KEY, _REPEAT = "reported", timedelta(hours=24)


class RequireLoadedOperator(WarehouseOperator):
    """Looks an hour up in the ledger and fails when it is not there.

    It asks what was loaded, not how a run is doing. So it finds every cause: a run that hangs, waits or failed, a
    paused DAG, a scheduler that creates no runs. It fails once for each problem. It is skipped for an hour whose run
    failed, because that was reported already, and for the hours that follow a late one, except one a day.

    :param ledger: the ledger of what the runs load.
    :param hour: the first moment of the hour, ISO 8601.
    :param since: no hour before this is expected, ISO 8601.
    :param loads_dag_id: the DAG whose runs load the hours.
    :param lookback_hours: how far back the length of the gap is looked up.
    """

    template_fields: Sequence[str] = (*WarehouseOperator.template_fields, "hour")
    ui_color = "#c7e6d0"

    def __init__(
        self,
        *,
        ledger: Ledger,
        hour: str,
        since: str,
        loads_dag_id: str,
        lookback_hours: int = 24 * 14,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.hour = hour
        self.since = since
        self.lookback_hours = lookback_hours
        self.loads_dag_id = loads_dag_id
        self.ledger = ledger

    def execute(self, context: Context) -> dict[str, Any]:
        """Look the hour up.

        :raises AirflowFailException: when the hour is not loaded; the message says since when.
        :raises AirflowSkipException: when the hour is not loaded, and that was reported already.
        """
        window = Window(*(datetime.fromisoformat(self.hour) + HOUR * number for number in (0, 1)))
        loaded = self._loaded(context, window)
        if window.start < datetime.fromisoformat(self.since).astimezone(UTC) or window.start in loaded:
            log.info("The hour %s is loaded, or none that is expected.", hour_label(window.start))
            return {"hour": hour_label(window.start), "missing": 0}
        missing = self._gap(window.start, loaded)
        self._skip_if_reported(context["ti"], missing)
        raise AirflowFailException(
            f"The hour {window} was not loaded by its deadline. Nothing is loaded since {missing[-1]:%Y-%m-%dT%H:%MZ} "
            f"({len(missing)} hours{' and more' if len(missing) > self.lookback_hours else ''}). See whether "
            f"{self.loads_dag_id} is paused, and how its runs for these hours are doing."
        )

    def _skip_if_reported(self, ti: Any, missing: list[datetime]) -> None:
        hour = missing[0]
        if ti.get_dr_count(dag_id=self.loads_dag_id, logical_dates=[hour], states=["failed"]):
            raise AirflowSkipException(f"The hour {hour_label(hour)} is not loaded; its failed run was reported.")
        found = ti.xcom_pull(task_ids=self.task_id, key=_REPORTED_KEY, include_prior_dates=True)
        reported = datetime.fromisoformat(found) if found else None
        if reported is not None and reported in missing and hour - reported < _REPEAT:
            raise AirflowSkipException(
                f"The hour {hour_label(hour)} is not loaded, nor are those since {hour_label(missing[-1])}. "
                f"That was reported for {hour_label(reported)}, and is reported again once a day."
            )
        ti.xcom_push(key=_REPORTED_KEY, value=hour.isoformat())

    def _loaded(self, context: Context, window: Window) -> set[datetime]:
        first = window.start - timedelta(hours=self.lookback_hours)
        with self.session(context) as session:
            return self.ledger.loaded_hours(session, Window(first, window.end))

    def _gap(self, hour: datetime, loaded: set[datetime]) -> list[datetime]:
        """Return the unloaded hours up to this one, the newest first."""
        earliest = max(hour - timedelta(hours=self.lookback_hours), datetime.fromisoformat(self.since).astimezone(UTC))
        gap = [hour]
        while gap[-1] - HOUR >= earliest and gap[-1] - HOUR not in loaded:
            gap.append(gap[-1] - HOUR)
        return gap
