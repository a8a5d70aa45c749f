"""What was asked of a server and what it said, and where two servers differ. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from local_redshift.documented import Answer


@dataclass(frozen=True)
class Asked:
    """Something that both servers were asked.

    :param section: the part of the report.
    :param name: what it is called there.
    """

    section: str
    name: str


@dataclass
class Findings:
    """What one server said.

    :param answers: by what was asked, in this order. An answer without rows, types and error is a success.
    :param not_tried: what was not asked, and why.
    :param costs: what the server says of its own statements.
    :param version: how it names itself.
    """

    answers: dict[Asked, Answer] = field(default_factory=dict)
    not_tried: dict[Asked, str] = field(default_factory=dict)
    costs: Costs | None = None
    version: str = ""


@dataclass(frozen=True)
class StatementCost:
    """What the statements of a label took.

    :param label: of the pipeline's task, without its run.
    :param kind: of the statements, as SYS_QUERY_HISTORY names it.
    :param count: how many there were.
    :param seconds: from their start to their end.
    :param longest: seconds of the longest.
    :param queued: seconds in queues.
    :param compiled: seconds of compiling.
    :param compilations: how many of them were compiled.
    :param locked: seconds of waiting for locks.
    """

    label: str
    kind: str
    count: int
    seconds: float
    longest: float
    queued: float
    compiled: float
    compilations: int
    locked: float


@dataclass(frozen=True)
class ScanCost:
    """The scans of a table.

    :param label: of the pipeline's task, without its run.
    :param table: the table.
    :param scans: how many steps scanned it.
    :param restricted: how many of them were restricted to a range.
    :param rows: read.
    """

    label: str
    table: str
    scans: int
    restricted: int
    rows: int


@dataclass(frozen=True)
class Costs:
    """What a server says of the pipeline's statements.

    :param statements: by label and kind.
    :param scans: by label and table.
    :param problems: what it did not tell, and why.
    """

    statements: tuple[StatementCost, ...] = ()
    scans: tuple[ScanCost, ...] = ()
    problems: Mapping[str, str] = field(default_factory=dict)


class Verdict(StrEnum):
    """What became of an assumption."""

    VERIFIED = "verified"
    DIFFERS = "differs"
    NOT_TRIED = "not tried"


@dataclass(frozen=True)
class Settled:
    """An assumption of the repository, and what a real Redshift says.

    :param assumption: a sentence.
    :param where: the page that makes it.
    :param verdict: what became of it.
    :param evidence: what was seen, or why it was not tried.
    """

    assumption: str
    where: str
    verdict: Verdict
    evidence: str


@dataclass(frozen=True)
class Difference:
    """Where the two servers differ.

    :param asked: what they were asked.
    :param kind: rows, types or error.
    :param real: what the real one said.
    :param local: what the local one said.
    """

    asked: Asked
    kind: str
    real: str
    local: str
