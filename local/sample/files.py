"""The sample as files: keys and bytes, in either layout."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson

from local.sample.catalogue import make_songs
from local.sample.config import SampleConfig
from local.sample.faults import InjectedFault, inject_faults
from local.sample.listeners import make_events


def generate(config: SampleConfig, injected: list[InjectedFault] | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the sample as (key, content), logs first.

    :param config: size and shape.
    :param injected: takes the faults that were injected.
    """
    songs = make_songs(config.seed, config.songs)
    hours = [[orjson.dumps(event) for event in events] for events in make_events(config, songs)]
    faults = inject_faults(hours, config.faults, config.seed)
    if injected is not None:
        injected.extend(faults)
    yield from _hourly(config, hours) if config.layout == "hourly" else _daily(config, hours)
    for song in songs:
        yield f"song_data/{song.key}", orjson.dumps(song.fields)


def write_to(folder: Path, config: SampleConfig) -> list[InjectedFault]:
    """Write the sample into a folder and return the faults that were injected."""
    injected: list[InjectedFault] = []
    for key, content in generate(config, injected):
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return injected


def _hourly(config: SampleConfig, hours: list[list[bytes]]) -> Iterator[tuple[str, bytes]]:
    for number, lines in enumerate(hours):
        if lines:
            hour = config.start + timedelta(hours=number)
            # mtime=0: the same bytes, hence the same ETag, at every generation
            yield f"log_data/{hour:%Y/%m/%d/%H}/events-0.json.gz", gzip.compress(b"\n".join(lines), 6, mtime=0)


def _daily(config: SampleConfig, hours: list[list[bytes]]) -> Iterator[tuple[str, bytes]]:
    days: dict[str, list[bytes]] = defaultdict(list)
    for number, lines in enumerate(hours):
        day = config.start + timedelta(hours=number)
        days[f"{day:%Y/%m}/{day:%Y-%m-%d}-events.json"].extend(lines)
    for name, lines in days.items():
        if lines:
            yield f"log_data/{name}", b"\n".join(lines)
