"""A smoke of the benchmarks of the local Redshift, at their smallest. Rows and answers are compared within them."""

from __future__ import annotations

import pytest

from bench import copy, server
from bench.sizes import choose

pytestmark = pytest.mark.integration


def test_copy_is_measured_beside_its_rivals():
    figures = copy.measure(
        choose("copy", None, copy.BY_SIZE, ["--size", "tiny", "--seed", "7", "--songs", "30"])
    ).figures
    cases = {figure.case for figure in figures}
    for source in ("events", "songs"):
        assert {f"{source}: psql \\copy of CSV", f"{source}: psycopg executemany"} < cases
    against = {figure.rival for figure in figures if figure.case == "songs: local Redshift, COPY"}
    assert {"psql \\copy of CSV", "psycopg executemany"} <= against


def test_the_server_is_measured_beside_postgresql():
    figures = server.measure(choose("server", None, server.BY_SIZE, ["--size", "tiny"])).figures
    assert [figure.case for figure in figures if figure.rival == "PostgreSQL"] == [
        "a statement",
        "a prepared statement",
        "1 connection(s)",
        "8 connection(s)",
        "64 connection(s)",
        "a result",
    ]
