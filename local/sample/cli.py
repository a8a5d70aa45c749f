"""The command line of the sample data: ``python -m local.sample``."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import click

from local.sample.delivery import Layout
from local.sample.faults import Faults
from local.sample.source import Sample


@click.command(context_settings={"show_default": True, "max_content_width": 110})
@click.option("--seed", type=int, default=1, help="Seed of the random data.")
@click.option("--start", default="2018-11-01T00:00", help="First hour, UTC, as in 2018-11-01T13:00.")
@click.option("--hours", type=click.IntRange(1), default=48, help="How many hours.")
@click.option("--songs", type=click.IntRange(0), default=3000, help="How many song files.")
@click.option("--events-per-hour", type=click.IntRange(1), default=250, help="Events an hour on average, about.")
@click.option("--layout", type=click.Choice([layout.value for layout in Layout]), default=Layout.HOURLY.value)
@click.option(
    "--faults",
    default="",
    help=f"Shares of faulty lines, as in late=0.01,duplicates=0.02; choose from {', '.join(Faults.names())}.",
)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write to.")
def main(
    seed: int, start: str, hours: int, songs: int, events_per_hour: int, layout: str, faults: str, out: Path
) -> None:
    """Write event logs and song files like those of the Sparkify app; the same options give the same files."""
    try:
        sample = Sample(seed, _moment(start), hours, songs, events_per_hour)
        spoiled = Faults.parse(faults)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    files = lines = size = 0
    logs = sample.log_files(Layout(layout), spoiled if spoiled != Faults() else None)
    for file in chain(logs, sample.song_files()):
        path = out / file.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.body)
        files, lines, size = files + 1, lines + file.lines, size + len(file.body)
    click.echo(f"Wrote {files:,} files to {out}: {lines - songs:,} events, {songs:,} songs, {size:,} bytes.")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
