"""Sources: the partitions of a window, what is found in them, and what is gone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from sparkify.hooks.object_store import ObjectStore
from sparkify.hooks.warehouse import WarehouseSession
from sparkify.ledger.ledger import Ledger
from sparkify.staging.source_files import PartitionedSource, Source
from sparkify.windows import Window
from tests.support.fake_services import FakeStore

WINDOW = Window.parse("2018-11-05T13:00Z to 2018-11-05T15:00Z")
LOGS = PartitionedSource("source", "logs")
FILES = {"logs/2018/11/05/13/a.json": b"{}", "logs/2018/11/05/lost.json": b"{}", "logs/2018/11/05/12/b.json": b"{}"}


def store() -> ObjectStore:
    return cast(ObjectStore, FakeStore(FILES))


def test_a_source_with_partitions_has_those_of_a_window_and_one_without_is_its_folder() -> None:
    window = Window.parse("2018-11-05T23:00Z to 2018-11-06T01:00Z")
    labels = [partition.label for partition in PartitionedSource("b", "logs", layout="daily").partitions(window)]
    assert labels == ["2018-11-05", "2018-11-06"]
    assert Source("b", "/songs/").folder.prefix == "songs/"


def test_the_files_of_a_windows_partitions_are_listed_and_what_lies_beside_them_is_named() -> None:
    listing, unclaimed = LOGS.list_with_unclaimed(store(), WINDOW)
    found = {partition.label: [item.key for item in objects] for partition, objects in listing.items()}
    assert found == {"2018-11-05T13": ["logs/2018/11/05/13/a.json"], "2018-11-05T14": []}
    assert [item.uri for item in unclaimed.objects] == ["s3://source/logs/2018/11/05/lost.json"]
    assert LOGS.list_files(store(), WINDOW) == listing


def test_files_that_the_ledger_has_and_the_listing_has_not_are_removed_files() -> None:
    known = {"s3://source/logs/2018/11/05/13/a.json", "s3://source/logs/2018/11/05/13/gone.json"}
    asked: list[tuple[int, int]] = []

    def filled_files(session: Any, start_ts: int, end_ts: int) -> set[str]:
        asked.append((start_ts, end_ts))
        return known

    ledger = cast(Ledger, SimpleNamespace(filled_files=filled_files))
    removed = LOGS.removed_files(cast(WarehouseSession, None), ledger, LOGS.list_files(store(), WINDOW))
    assert removed == ["s3://source/logs/2018/11/05/13/gone.json"]
    assert asked == [(1541422800000, 1541430000000)]


@pytest.mark.parametrize(
    ("options", "words"),
    [({"bucket": ""}, "bucket of the source 'p' is empty"), ({"layout": "weekly"}, "no layout 'weekly'")],
)
def test_a_source_that_makes_no_sense_is_refused_with_its_value(options: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        PartitionedSource(**{"bucket": "b", "prefix": "p", **options})
