"""The places in a run's statements where it can die: the end of each statement that a run is seen to make.

They are not written down: a survey plays runs without a fault through the proxy and notes the statements. A statement
is identified by its *shape*, its verb and the tables that it names, which does not depend on the values in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from local_redshift.testing import Moment, Statement, WireFault

#: What names no table: strings, comments, and a FROM of another kind.
_NO_NAMES = re.compile(r"'(?:[^']|'')*'|--[^\n]*|\bEXTRACT\([^)]*\)|\bIAM_ROLE\b.*", re.DOTALL)
#: A name that changes from one run, or one try, to another.
_OF_THE_RUN = re.compile(r"\b(run_[0-9a-f]{20}|copied_rows_\d+)\b")
_VERB = re.compile(r"^\W*(CREATE TEMP TABLE|CREATE \w+|DROP \w+|DELETE|INSERT|UPDATE|\w+)", re.IGNORECASE)
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE|JOIN|TABLE|VIEW|LOCK|COPY|ANALYZE)\s+(?:IF \w+ )?([\w.]+)", re.IGNORECASE)
#: The tables that a shape names; more would only make it longer.
_TABLES = 3
#: What leaves nothing that a kill could tear.
_SETTINGS = ("SET", "RESET")


@dataclass(frozen=True, order=True)
class Boundary:
    """A place in the stream of statements.

    :param task: the task's id, without its group.
    :param shape: the statement's shape, see :func:`shape_of`.
    :param moment: before the statement reaches the server, or after it has run and before its answer is seen.
    """

    task: str
    shape: str
    moment: Moment = Moment.AFTER

    def is_at(self, statement: Statement, moment: Moment) -> bool:
        """Return whether a statement is here."""
        return moment is self.moment and task_of(statement) == self.task and shape_of(statement.text) == self.shape

    def __str__(self) -> str:
        return f"{self.moment} {self.shape} of {self.task}"


@dataclass
class Survey:
    """A rule of the proxy that lets everything pass and notes the boundaries."""

    _found: dict[Boundary, None] = field(default_factory=dict)

    def __call__(self, statement: Statement, moment: Moment) -> WireFault | None:
        """Note where a statement is."""
        task = task_of(statement)
        shape = shape_of(statement.text)
        if task and shape not in _SETTINGS and (moment is Moment.AFTER or shape == "COMMIT"):
            self._found[Boundary(task, shape, moment)] = None
        return None

    @property
    def boundaries(self) -> tuple[Boundary, ...]:
        """What was found, in an order that is the same for every survey of the same statements."""
        return tuple(sorted(self._found))


def task_of(statement: Statement) -> str:
    """Return the id of a statement's task, without its group."""
    return statement.task.rpartition(".")[2]


def shape_of(text: str) -> str:
    """Return a statement's verb and the tables that it names, the first ones.

    :param text: the statement.
    """
    bare = _OF_THE_RUN.sub("…", _NO_NAMES.sub("", text).replace('"', ""))
    verb = _VERB.match(bare)
    tables = dict.fromkeys(_tables(bare))
    return " ".join([verb[1].upper() if verb else "?", *list(tables)[:_TABLES]])


def _tables(text: str) -> Iterable[str]:
    return (found[1] for found in _TABLE.finditer(text))
