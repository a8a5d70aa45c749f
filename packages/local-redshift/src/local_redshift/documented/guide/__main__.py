"""The command ``python -m local_redshift.documented.guide``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg

from local_redshift.documented.guide.blocks import SUFFIXES
from local_redshift.documented.guide.examples import read_page
from local_redshift.documented.guide.model import Outcome, Verdict
from local_redshift.documented.guide.pages import PageRun
from local_redshift.documented.guide.report import details, summary, table
from local_redshift.documented.guide.tables import find_recipes, made_objects
from local_redshift.redshift_server import RedshiftServer
from local_redshift.settings import Settings


@click.command(context_settings={"max_content_width": 110})
@click.argument("folder", type=click.Path(exists=True, path_type=Path))
@click.option("--page", "patterns", multiple=True, help="Run these pages only; a pattern such as 'r_DATE*'.")
@click.option(
    "--dsn",
    help="A local Redshift that runs already, with nothing to lose: examples drop, alter and create users and tables. "
    "Without it, the command starts one in a temporary folder.",
)
@click.option(
    "--tables",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="SQL with CREATE TABLE, and INSERT if you have data, for tables that examples read and no page makes.",
)
@click.option("--verbose", is_flag=True, help="Show each example, not only those that are wrong or failed.")
def main(folder: Path, patterns: tuple[str, ...], dsn: str | None, tables: Path | None, verbose: bool) -> None:
    """Run the examples of AWS's guide from your copy of it, and compare what they give with what the pages print.

    FOLDER holds pages in Markdown or HTML, as AWS serves them. The exit code is 1 when a result is wrong.
    """
    pages = [read_page(path) for path in _files(folder)]
    recipes = find_recipes(pages, tables.read_text(encoding="utf-8") if tables else "")
    wanted = {path.stem for path in _files(folder, patterns)}
    outcomes: dict[str, Sequence[Outcome]] = {}
    with _server(dsn) as address:
        run = PageRun(lambda: psycopg.connect(address, autocommit=True), recipes, made_objects(pages), own=dsn is None)
        for page in pages:
            if page.examples and page.name in wanted:
                outcomes[page.name] = run.run(page)
                for text in details(page.name, outcomes[page.name], verbose=verbose):
                    click.echo(text)
    click.echo(table(outcomes))
    click.echo(summary(outcomes))
    if any(outcome.verdict is Verdict.WRONG for page_outcomes in outcomes.values() for outcome in page_outcomes):
        raise SystemExit(1)


def _files(folder: Path, patterns: Sequence[str] = ()) -> list[Path]:
    files = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    return [path for path in files if not patterns or any(path.match(f"{pattern}*") for pattern in patterns)]


@contextmanager
def _server(dsn: str | None) -> Iterator[str]:
    if dsn is not None:
        yield dsn
        return
    with tempfile.TemporaryDirectory(prefix="guide-") as folder, RedshiftServer(Settings(Path(folder), port=0)) as own:
        yield own.dsn()


if __name__ == "__main__":
    main()
