"""``python -m local.sample``: write a sample into a folder."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from local.sample.config import FAULTS, SampleConfig
from local.sample.files import write_to


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder to write into.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--start", type=click.DateTime(), default="2018-11-01", show_default=True, help="First hour, UTC.")
@click.option("--hours", type=int, default=48, show_default=True)
@click.option("--songs", type=int, default=3000, show_default=True)
@click.option("--users", type=int, default=250, show_default=True)
@click.option("--events-per-hour", type=int, default=150, show_default=True)
@click.option("--layout", type=click.Choice(["hourly", "daily"]), default="hourly", show_default=True)
@click.option("--faults", default="", help=f"Comma-separated: {', '.join(FAULTS)}.")
def main(
    out: Path,
    seed: int,
    start: datetime,
    hours: int,
    songs: int,
    users: int,
    events_per_hour: int,
    layout: str,
    faults: str,
) -> None:
    """Write event logs and song files that look like a music-streaming app's; the same seed, the same bytes."""
    wanted = tuple(name.strip() for name in faults.split(",") if name.strip())
    try:
        config = SampleConfig(
            seed, start.replace(tzinfo=UTC), hours, songs, users, events_per_hour, layout, wanted
        )
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    for fault in write_to(out, config):
        click.echo(f"{fault.kind} in hour {fault.hour}: {fault.line.decode()[:100]}")
    click.echo(f"Wrote {hours} hours and {songs} songs below {out}.")


if __name__ == "__main__":
    main()
