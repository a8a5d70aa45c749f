"""Compares what a run has staged with earlier loads of the same hours and single files. Pure.

ETags have no order, so what a run staged carries the warehouse's time at which S3 had exactly these versions. Of two
loads of an hour, the one whose files were seen later wins, whichever is published first. A run that comes late with
older files leaves the hour as it is, and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import md5
from typing import Any

from sparkify.hooks.refusal import RunRefusedError
from sparkify.hooks.sql_text import Ranges
from sparkify.loading.bounds import join_spans
from sparkify.loading.steps import Script
from sparkify.templated import Templated

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
#: No hour and no day's file has this name: NOT IN needs at least one.
_NONE = ""


@dataclass(frozen=True)
class EarlierQueries(Templated):
    """How a publish finds what earlier loads left.

    :param hours: a query for what the ledger has of the hours whose files the run has staged, a row each with the
        columns of :attr:`EarlierLoads.hours`. In each row, and in one without an hour if there is none: the version of
        the tables (schema_version), the number of the run's hours (run_hours), and the result of an earlier try.
    :param fact_days: the name of the run's bounds that are the ranges of its facts' timestamps.
    :param files: a query for what the ledger has of the single files that the run has staged, run if its ``when`` has
        a range; ``None``: no source has such files.
    :raises ValueError: when ``hours`` or ``fact_days`` is empty.
    """

    template_fields = ("hours", "files")

    hours: str
    fact_days: str
    files: Script | None = None

    def __post_init__(self) -> None:
        for name in ("hours", "fact_days"):
            if not getattr(self, name):
                raise ValueError(f"{name} of the queries for earlier loads is empty: set it.")

    def serialize(self) -> list[str]:
        """Return what Airflow's UI shows of the queries: their SQL."""
        return [self.hours, *([self.files.sql] if self.files else [])]


@dataclass(frozen=True)
class EarlierLoads:
    """The ledger's rows of the hours whose files a run has staged.

    :param hours: source_partition, file_partition, is_of_run, is_newer, is_tied, is_seen_later, has_other_lines,
        has_other_facts, run_id, partition_ts, as_of and fact_days (the days of the hour's facts) of each.
    :param files: object_uri, is_newer, is_tied, is_same and run_id of the staged single files that the ledger has.
    """

    hours: Sequence[Mapping[str, Any]] = ()
    files: Sequence[Mapping[str, Any]] = ()

    def refuse_ties(self) -> None:
        """Refuse to publish versions that have no order.

        :raises RunRefusedError: when another run saw other versions at the same moment.
        """
        tied = [row["source_partition"] for row in self.hours if row["is_tied"] and row["is_of_run"]]
        tied += [row["object_uri"] for row in self.files if row["is_tied"]]
        if tied:
            raise RunRefusedError(
                f"{tied[0]} was staged by another run at the very same moment, in another version: neither is later. "
                "Nothing was published; clear the run's tasks, and it stages again."
            )

    @property
    def superseded(self) -> dict[str, str]:
        """The run's hours that stay as another run published them, each with that run's id."""
        return {row["source_partition"]: row["run_id"] for row in self.hours if row["is_newer"] and row["is_of_run"]}

    @property
    def known_files(self) -> tuple[str, ...]:
        """The single files that are already loaded, in this version or a later one."""
        return tuple(row["object_uri"] for row in self.files if row["is_newer"] or row["is_same"])

    def values(self, days: Ranges) -> dict[str, Any]:
        """Return the bounds of the rows that the run replaces, for the statements of its publish.

        Tuples are for ``IN (:name)``, ranges for ``BETWEEN :name_from AND :name_to``. By name:

        - ``superseded``: hours of the run that stay as another run published them.
        - ``seen_later``: partitions that another run saw later in the same version.
        - ``earlier_days``, ``affected_days``: ranges of the timestamps of the facts that the run replaces; with those
          of the run's own facts.
        - ``earlier_partitions``, ``earlier_ts``: ranges of the names, and of the first moments, of the hours that the
          run replaces. ``changed_ts``: of those whose files are other ones now.
        - ``known_files``: MD5 hashes of the addresses of single files that are loaded already.
        - ``kept_files``, ``replaced_files``: partitions whose rejected lines stay, and those whose are replaced.
        - ``kept_hours``, ``replaced_hours``: the same of lines that a rule rejected, by hour.

        :param days: the ranges of the timestamps of the run's facts.
        """
        mine = [row for row in self.hours if row["is_of_run"] and not row["is_newer"]]
        earlier_days = [span for row in mine for span in _days_of(row["fact_days"])]
        same = [row for row in mine if not row["has_other_lines"] and not row["has_other_facts"]]
        kept, replaced = self._files()
        return {
            "superseded": tuple(self.superseded),
            "seen_later": tuple({row["file_partition"]: None for row in self.hours if row["is_seen_later"]}),
            "earlier_days": Ranges(join_spans(sorted(set(earlier_days)))),
            "affected_days": Ranges(join_spans([*days.spans, *sorted(set(earlier_days))])),
            "earlier_partitions": Ranges(_by_day([row["source_partition"] for row in mine])),
            "earlier_ts": Ranges(join_spans([(row["partition_ts"],) * 2 for row in mine])),
            "changed_ts": Ranges(join_spans([(row["partition_ts"],) * 2 for row in mine if row["has_other_lines"]])),
            "known_files": tuple(md5(uri.encode(), usedforsecurity=False).hexdigest() for uri in self.known_files),
            "kept_files": (*kept, _NONE),
            "replaced_files": replaced,
            "kept_hours": (*(row["source_partition"] for row in same), _NONE),
            "replaced_hours": tuple(row["source_partition"] for row in mine if row not in same),
        }

    def _files(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the partitions of files whose rejects stay, and those whose rejects are replaced.

        In the daily layout the hours of a day share a file: its rejects are those of the version seen last.
        """
        newest: dict[str, Mapping[str, Any]] = {}
        for row in sorted(self.hours, key=lambda row: (row["as_of"] or datetime.min, row["is_newer"])):
            newest[row["file_partition"]] = row
        kept = [name for name, row in newest.items() if row["is_newer"] or row["is_tied"] or not row["has_other_lines"]]
        return tuple(kept), tuple(name for name in newest if name not in kept)


def _days_of(fact_days: str | None) -> Iterable[tuple[datetime, datetime]]:
    """Iterate over the first and last moment of each day, or month, of a list."""
    for day in (fact_days or "").split(","):
        if len(day) == len("2018-11"):
            start = datetime.fromisoformat(f"{day}-01")
            yield start, (start + 31 * _DAY).replace(day=1) - _TICK
        elif day:
            start = datetime.fromisoformat(day)
            yield start, start + _DAY - _TICK


def _by_day(labels: Iterable[str]) -> tuple[tuple[str, str], ...]:
    days: dict[str, list[str]] = defaultdict(list)
    for label in labels:
        days[label[:10]].append(label)
    return join_spans([(min(hours), max(hours)) for hours in days.values()])
