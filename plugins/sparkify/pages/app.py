"""The pages' web application, which Airflow's API server mounts under ``/sparkify``.

Airflow does not protect what a plugin mounts: https://airflow.apache.org/docs/apache-airflow/stable/security/api.html
Here every route, including static files, requires an Airflow user who may see the hourly DAG.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import anyio
import anyio.to_thread
import orjson
from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from starlette.staticfiles import NotModifiedResponse

from sparkify.pages.listening import Listening
from sparkify.pages.loads import Loads
from sparkify.pages.quality import Quality
from sparkify.pages.queries import Queries
from sparkify.pages.reader import BusyError, UnavailableError, WarehouseReader
from sparkify.pages.runs import HOURLY
from sparkify.settings import load_settings

log = logging.getLogger(__name__)

PAGES = ("loads", "quality", "listening", "sql")
_STATIC = Path(__file__).parent / "static"
_FILES = frozenset(path.name for path in _STATIC.iterdir() if path.suffix != ".html")
#: The pages' own threads, apart from those of Airflow's API, and how long a request waits for one.
THREADS = 8
WAIT_SECONDS = 15.0
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_HEADERS = {
    # Nothing is loaded from elsewhere. The charts' tooltips have their styles inline.
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}

Day = Annotated[str | None, Query(max_length=40)]


class RowsResponse(JSONResponse):
    """JSON in which timestamps without a zone are UTC, like all timestamps of the warehouse."""

    def render(self, content: Any) -> bytes:
        """Return the body."""
        return orjson.dumps(content, default=_plain, option=orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z)


def _plain(value: Any) -> Any:
    """Return a value that JSON has: on Redshift, SUM of BIGINT is NUMERIC, which drivers return as Decimal."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


class PagesApi:
    """The routes.

    :param loads: answers of the Loads page.
    :param quality: answers of the Quality page.
    :param listening: answers of the Listening page.
    """

    def __init__(self, loads: Loads, quality: Quality, listening: Listening) -> None:
        self._loads = loads
        self._quality = quality
        self._listening = listening
        self._free_threads = anyio.Semaphore(THREADS)
        self._limiter: anyio.CapacityLimiter | None = None

    def router(self) -> APIRouter:
        """Return the routes, all of them for users who may see the hourly DAG."""
        viewer = Depends(requires_access_dag(method="GET", param_dag_id=HOURLY))
        router = APIRouter(dependencies=[viewer])
        routes: dict[str, Callable[..., Any]] = {
            "/api/loads": self.loads,
            "/api/changes": self.changes,
            "/api/hours/{label}": self.hour,
            "/api/hours/{label}/changes": self.hour_changes,
            "/api/checks": self.checks,
            "/api/checks/{name}": self.check,
            "/api/listening/{question}": self.answer,
            "/static/{name}": self.file,
            "/{page}": self.page,
        }
        for path, endpoint in routes.items():
            router.add_api_route(path, endpoint, methods=["GET"], response_model=None)
        router.add_api_route("/{path:path}", self.nothing, methods=list(_METHODS), response_model=None)
        return router

    async def loads(self, user: GetUserDep, since: Day = None, until: Day = None) -> Response:
        """Return the hours of a period."""
        may_trigger = get_auth_manager().is_authorized_dag(
            method="POST", access_entity=DagAccessEntity.RUN, details=DagDetails(id=HOURLY), user=user
        )
        return await self._answer(
            lambda: {**self._loads.overview(self._loads.period(since, until)), "may_trigger": may_trigger}
        )

    async def changes(self, since: Day = None, until: Day = None) -> Response:
        """Return the hours of a period whose files in S3 differ from the loaded ones."""
        return await self._answer(lambda: self._loads.changes(self._loads.period(since, until)))

    async def hour(self, label: str) -> Response:
        """Return the details of an hour."""
        return await self._answer(lambda: self._loads.hour(label))

    async def hour_changes(self, label: str) -> Response:
        """Return how an hour's files differ from the loaded ones."""
        return await self._answer(lambda: self._loads.hour_changes(label))

    async def checks(self) -> Response:
        """Return every check."""
        return await self._answer(self._quality.overview)

    async def check(self, name: str) -> Response:
        """Return a check's history."""
        return await self._answer(lambda: self._quality.check(name))

    async def answer(self, question: str, since: Day = None, until: Day = None) -> Response:
        """Return the answer to an analysts' question."""
        return await self._answer(lambda: self._listening.answer(question, self._listening.period(since, until)))

    async def page(self, page: str) -> Response:
        """Return a page."""
        if page not in PAGES:
            raise HTTPException(404, f"There is no page {page[:50]!r}; there are {', '.join(PAGES)}.")
        return FileResponse(_STATIC / f"{page}.html", headers=_HEADERS)

    async def file(self, name: str, request: Request) -> Response:
        """Return a script, a style sheet or an image."""
        if name not in _FILES:
            raise HTTPException(404, f"There is no file {name[:50]!r}.")
        path = _STATIC / name
        response: Response = FileResponse(path, headers=_HEADERS, stat_result=path.stat())
        if request.headers.get("if-none-match") == response.headers["etag"]:
            return NotModifiedResponse(response.headers)
        return response

    async def nothing(self, path: str) -> Response:
        """Answer every other request. It is a route, so that it requires a user as well."""
        raise HTTPException(404, f"There is nothing to do at {path[:50]!r}.")

    async def _answer(self, work: Callable[[], Any]) -> Response:
        """Do blocking work on one of the pages' own threads, and answer an error with a sentence."""
        try:
            content = await self._on_a_thread(work)
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        except LookupError as error:
            raise HTTPException(404, str(error.args[0])) from error
        except BusyError as error:
            raise HTTPException(503, str(error), headers={"Retry-After": "5"}) from error
        except UnavailableError as error:
            raise HTTPException(502, str(error)) from error
        return RowsResponse(content, headers=_HEADERS)

    async def _on_a_thread(self, work: Callable[[], Any]) -> Any:
        """Do blocking work on one of the pages' own threads.

        :raises BusyError: when no thread was free in time, so that requests to a slow warehouse do not pile up.
        """
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(THREADS)
        try:
            with anyio.fail_after(WAIT_SECONDS):
                await self._free_threads.acquire()
        except TimeoutError:
            raise BusyError("Too many questions wait for the warehouse. Try again in a moment.") from None
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._limiter)
        finally:
            self._free_threads.release()


def create_app() -> FastAPI:
    """Return the application."""
    settings = load_settings()
    queries = Queries(Path(settings.sql_folder), WarehouseReader(settings.reader_conn_id, settings.aws_conn_id))
    api = PagesApi(Loads(queries, settings), Quality(queries), Listening(queries))
    app = FastAPI(title="Sparkify", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(api.router())
    return app
