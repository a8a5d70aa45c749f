"""The pages' routes: nobody is answered without a login, and a slow warehouse holds up nobody else."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import anyio
import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from sparkify.pages import app as pages
from sparkify.pages.app import PagesApi, RowsResponse, create_app
from tests.support.page_routes import routes


@asynccontextmanager
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pages") as opened:
        yield opened


def test_every_route_wants_a_login() -> None:
    app = create_app()
    other_methods = [("POST", "/api/loads"), ("DELETE", "/loads"), ("OPTIONS", "/static/common.js"), ("HEAD", "/loads")]
    asked = [*routes(app), *other_methods, *[("GET", path) for path in ("/openapi.json", "/docs", "/redoc", "/")]]

    async def ask() -> dict[tuple[str, str], int]:
        async with client(app) as anonymous:
            return {(method, path): (await anonymous.request(method, path)).status_code for method, path in asked}

    answers = anyio.run(ask)
    assert len(answers) > 15
    assert set(answers.values()) == {401}, answers


def test_numbers_stay_numbers() -> None:
    rows = [{"plays": Decimal(37767), "share": Decimal("0.5"), "at": datetime(2018, 11, 5, 13)}]
    assert RowsResponse(rows).body == b'[{"plays":37767,"share":0.5,"at":"2018-11-05T13:00:00Z"}]'


class SlowHour:
    """Stands in for the Loads page's answers: those about an hour take until they are let go."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.waiting = threading.Semaphore(0)

    def hour(self, label: str) -> dict[str, str]:
        self.waiting.release()
        assert self.go.wait(60)
        return {"hour": label}


def airflow_with(slow: SlowHour) -> FastAPI:
    """Return an application that has the pages mounted beside a route of its own, as the API server has."""
    api = PagesApi(cast(Any, slow), cast(Any, SimpleNamespace()), cast(Any, SimpleNamespace()))
    inner, outer = FastAPI(), FastAPI()
    inner.include_router(api.router())
    [first, *_] = [route for route in inner.routes if isinstance(route, APIRoute) and route.path == "/{page}"]
    inner.dependency_overrides[cast(Callable[..., Any], first.dependant.dependencies[0].call)] = lambda: None

    @outer.get("/health")
    def health() -> str:
        return "healthy"

    outer.mount("/sparkify", inner)
    return outer


def test_slow_queries_hold_up_neither_airflow_nor_the_pages_files_and_do_not_pile_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pages, "WAIT_SECONDS", 0.2)
    slow = SlowHour()
    codes: list[int] = []

    async def ask() -> None:
        async with client(airflow_with(slow)) as browser, anyio.create_task_group() as tasks:

            async def ask_slowly() -> None:
                codes.append((await browser.get("/sparkify/api/hours/2018-11-05T13")).status_code)

            for _ in range(50):
                tasks.start_soon(ask_slowly)
            while len(codes) < 50 - pages.THREADS:  # those that no thread was free for
                await anyio.sleep(0.01)
            assert (await browser.get("/health")).json() == "healthy"
            assert (await browser.get("/sparkify/loads")).status_code == 200
            assert set(codes) == {503}
            slow.go.set()

    anyio.run(ask)
    assert codes.count(200) == pages.THREADS
    assert sum(slow.waiting.acquire(blocking=False) for _ in codes) == pages.THREADS
