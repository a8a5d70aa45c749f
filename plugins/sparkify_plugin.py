"""Puts the pages and the runs' notes into Airflow's UI: the one file that Airflow's plugin loader runs."""

from __future__ import annotations

from typing import Any

from airflow.plugins_manager import AirflowPlugin

from sparkify import preload
from sparkify.monitoring import run_notes
from sparkify.pages.links import LoadsPageLink

_PREFIX = "/sparkify"
_NAMES = {"loads": "Loads", "quality": "Quality", "listening": "Listening"}


class PagesApp:
    """The pages' application, made when the first request comes.

    Every process of Airflow's runs this file, tasks included, and only the API server needs a web framework for it.
    """

    def __init__(self) -> None:
        self._app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request (ASGI)."""
        if self._app is None:
            from sparkify.pages.app import create_app

            self._app = create_app()
        await self._app(scope, receive, send)


def _view(page: str, destination: str, href: str) -> dict[str, str]:
    route = f"sparkify-{page}" if destination == "nav" else f"sparkify-{page}-of-{destination}"
    return {
        "name": _NAMES[page],
        "href": href,
        "destination": destination,
        "url_route": route,
        "category": "sparkify",
        "icon": f"{_PREFIX}/static/icon-{page}.svg",
        "icon_dark_mode": f"{_PREFIX}/static/icon-{page}-dark.svg",
    }


#: A tab of every task instance: its statements, in full and with highlighting, which Airflow's own tab does not show.
_SQL = {
    "name": "SQL",
    "href": f"{_PREFIX}/sql?dag_id={{DAG_ID}}&run_id={{RUN_ID}}&task_id={{TASK_ID}}&map_index={{MAP_INDEX}}",
    "destination": "task_instance",
    "url_route": "sparkify-sql",
}


class SparkifyPlugin(AirflowPlugin):
    """Loads, Quality, Listening in the navigation, Loads and Quality on the DAG's page, SQL on tasks, notes on runs.

    Tasks of the hourly DAG link to the Loads page at their hour.
    """

    name = "sparkify"
    fastapi_apps = [{"app": PagesApp(), "url_prefix": _PREFIX, "name": "Sparkify pages"}]  # noqa: RUF012
    listeners = [run_notes, preload]  # noqa: RUF012
    operator_extra_links = [LoadsPageLink()]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        *[_view(page, "nav", f"{_PREFIX}/{page}") for page in _NAMES],
        *[_view(page, "dag", f"{_PREFIX}/{page}?dag_id={{DAG_ID}}") for page in ("loads", "quality")],
        _SQL,
    ]
