"""The addresses that the pages answer."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.routing import APIRoute

VALUES = {"label": "2018-11-05T13", "name": "common.js", "question": "top_songs", "page": "loads", "path": "no/such"}


def routes(app: FastAPI) -> list[tuple[str, str]]:
    """Return every method and address that an application answers."""
    found = [route for route in app.routes if isinstance(route, APIRoute)]
    assert len(found) == len(app.routes)
    return [(method, route.path_format.format(**VALUES)) for route in found for method in sorted(route.methods)]
