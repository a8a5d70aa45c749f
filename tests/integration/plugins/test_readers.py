"""What an analyst sees who reads while hours are loaded: whole hours, with all that they refer to, without waiting."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
import pytest

from bench.rig.dag_runs import load_dag
from local_redshift.testing import Hold, Moment, Statement, WireFault, WireProxy
from tests.support.pipeline import Pipeline
from tests.support.random_source import event, song

#: How often the reader must be answered while a load is held.
_READS = 3
_DANGLING = """
SELECT
    SUM(CASE WHEN p.user_id IS NOT NULL AND u.user_id IS NULL THEN 1 ELSE 0 END),
    SUM(CASE WHEN t.start_time IS NULL THEN 1 ELSE 0 END),
    SUM(CASE WHEN p.song_id IS NOT NULL AND s.song_id IS NULL THEN 1 ELSE 0 END),
    SUM(CASE WHEN p.artist_id IS NOT NULL AND a.artist_id IS NULL THEN 1 ELSE 0 END),
    COUNT(*)
FROM public.songplays AS p
LEFT JOIN public.users AS u ON p.user_id = u.user_id
LEFT JOIN public.time AS t ON p.timestamp = t.start_time
LEFT JOIN public.songs AS s ON p.song_id = s.song_id
LEFT JOIN public.artists AS a ON p.artist_id = a.artist_id
"""


@dataclass
class Reader:
    """Reads again and again until told to stop.

    :param address: of the warehouse.
    """

    address: str
    seen: list[tuple[Any, ...]] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        """Read."""
        try:
            with psycopg.connect(self.address, autocommit=True) as connection:
                while not self.done.is_set():
                    row = connection.execute(_DANGLING).fetchone()
                    assert row is not None
                    self.seen.append(row)
        except psycopg.Error as error:
            self.failed.append(str(error))


@pytest.fixture
def reader(pipeline: Pipeline, services: Any) -> Iterator[Reader]:
    reader = Reader(services.redshift.dsn())
    thread = threading.Thread(target=reader.read)
    thread.start()
    yield reader
    reader.done.set()
    thread.join()


@pytest.fixture
def proxy(services: Any, conn_id: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[WireProxy]:
    with WireProxy(lambda: ("127.0.0.1", services.redshift.port)) as proxy:
        connection = services.connections()[conn_id.upper()] | {"port": proxy.port, "extra": {"ssl": False}}
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))
        yield proxy


@pytest.mark.parametrize("conn_id", ["redshift"], indirect=True)
def test_a_reader_sees_whole_hours_with_all_they_refer_to_and_is_never_blocked(
    pipeline: Pipeline, proxy: WireProxy, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A quarter of the random plays name no user, which is a drift.
    monkeypatch.setenv("AIRFLOW__SPARKIFY__ON_DRIFT", "warn")
    pipeline.dag = load_dag()
    held: list[int] = []

    def hold(statement: Statement, moment: Moment) -> WireFault | None:
        """Hold every publish where it has changed all and committed nothing, until the reader has been answered."""
        if (statement.task, statement.text, moment) != ("publish", "COMMIT", Moment.BEFORE):
            return None
        before, number = len(reader.seen), len(held)
        held.append(0)

        def is_answered() -> bool:
            held[number] = len(reader.seen) - before
            return held[number] > _READS  # the first of these answers may have been on its way

        return Hold(is_answered)

    proxy.rule = hold
    rng = Random(4)
    allowed = {0}
    for number in range(2):
        pipeline.put_song(song(rng, number))
        pipeline.put_hour(number, [event(rng, 2) for _ in range(30)])
        pipeline.run_hour(number)
        allowed.add(len(pipeline.star()["songplays"]))
    pipeline.put_hour(0, [event(rng, 2) for _ in range(30)])
    pipeline.put_song(song(rng, 0))
    pipeline.run_hour(0)
    allowed.add(len(pipeline.star()["songplays"]))
    reader.done.set()
    pipeline.assert_is_expected()
    assert not reader.failed
    dangling = [row[:4] for row in reader.seen if any(row[:4])]
    assert not dangling
    assert {row[4] for row in reader.seen} <= allowed
    assert len(held) >= 3
    assert min(held) > _READS, "the reader had to wait for a load"
