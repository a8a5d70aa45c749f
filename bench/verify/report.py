"""The report as Markdown. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bench.verify.model import Costs, Difference, Settled, Verdict


@dataclass(frozen=True)
class Report:
    """What a verification found.

    :param versions: of the real and the local server, as they name themselves.
    :param asked: how many things both were asked.
    :param found: where they differ.
    :param undocumented: documented results that the real one does not give: what was asked, and the problem.
    :param settled: the assumptions.
    :param costs: what the real one says of the pipeline's statements.
    :param not_tried: what the real one was not asked, and why.
    :param left: what could not be removed.
    """

    versions: tuple[str, str]
    asked: int
    found: tuple[Difference, ...]
    undocumented: tuple[tuple[str, str], ...]
    settled: tuple[Settled, ...]
    costs: Costs | None
    not_tried: tuple[tuple[str, str], ...]
    left: tuple[str, ...]

    def text(self, moment: datetime) -> str:
        """Return the report as Markdown.

        :param moment: when it was made, UTC.
        """
        lines = [f"# Redshift and the local Redshift, {moment:%Y-%m-%d %H:%M} UTC", ""]
        lines += [f"Redshift: {self.versions[0]}  ", f"local: {self.versions[1]}", ""]
        lines += [f"{self.asked} things were asked of both; {len(self.found)} differ.", ""]
        lines += [f"**{text}**\n" for text in self.left]
        lines += ["## What differs", "", *_differences(self.found)]
        lines += ["", "## Documented results that Redshift does not give", "", *_items(self.undocumented)]
        lines += ["", "## Assumptions", "", *_settled(self.settled)]
        lines += ["", "## What the pipeline's statements cost", "", *_costs(self.costs)]
        lines += ["", "## Not tried", "", *_items(self.not_tried)]
        return "\n".join(lines) + "\n"


def _items(items: Sequence[tuple[str, str]]) -> list[str]:
    return [f"- {name}: {text}" for name, text in items] or ["None."]


def _differences(found: Sequence[Difference]) -> Iterator[str]:
    if not found:
        yield "Nothing."
    for section, items in groupby(found, key=lambda difference: difference.asked.section):
        yield from (f"### {section}", "")
        for difference in items:
            yield from (f"- **{difference.kind}** of {_inline(difference.asked.name)}", "")
            yield from _block("Redshift", difference.real)
            yield from _block("local", difference.local)


def _block(name: str, text: str) -> Iterator[str]:
    yield f"  {name}:"
    yield ""
    yield from (f"      {line}" for line in text.splitlines() or [""])
    yield ""


def _settled(settled: Sequence[Settled]) -> Iterator[str]:
    count = Counter(item.verdict for item in settled)
    yield ", ".join(f"{count[verdict]} {verdict}" for verdict in Verdict) + "."
    yield ""
    yield "| assumption | of | verdict | evidence |"
    yield "| --- | --- | --- | --- |"
    for item in settled:
        yield f"| {_cell(item.assumption)} | {item.where} | {item.verdict} | {_cell(item.evidence)} |"


def _costs(costs: Costs | None) -> Iterator[str]:
    if costs is None:
        yield "Nothing was read."
        return
    for name, problem in costs.problems.items():
        yield f"{name} was not read: {problem}"
    yield "| task and run | kind | statements | s | longest | in queues | compiling | compiled | waiting for locks |"
    yield f"| --- | --- |{' ---: |' * 7}"
    for cost in costs.statements:
        yield (
            f"| {_cell(cost.label)} | {cost.kind} | {cost.count} | {cost.seconds:.2f} | {cost.longest:.2f} "
            f"| {cost.queued:.2f} | {cost.compiled:.2f} | {cost.compilations} | {cost.locked:.2f} |"
        )
    yield ""
    yield "| task and run | table | scans | restricted to a range | rows read |"
    yield "| --- | --- | ---: | ---: | ---: |"
    for scan in costs.scans:
        yield f"| {_cell(scan.label)} | {scan.table} | {scan.scans} | {scan.restricted} | {scan.rows} |"


def _inline(text: str) -> str:
    return "`" + " ".join(text.split()).replace("`", "'") + "`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")[:400]
