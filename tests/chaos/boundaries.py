"""The places in a run's statements where a kill could tear something, by name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.faults.wire_proxy import Moment, Statement


@dataclass(frozen=True)
class Boundary:
    """A place in the stream of statements.

    :param name: what the reports call it.
    :param task: pattern of the task's id.
    :param text: pattern of the statement's text.
    :param moment: before the statement reaches the server, or after it has run and before its answer is seen.
    """

    name: str
    task: str
    text: str
    moment: Moment

    def is_at(self, statement: Statement, moment: Moment) -> bool:
        """Say whether a statement is here."""
        return (
            moment is self.moment
            and re.search(self.task, statement.task) is not None
            and re.search(self.text, statement.text) is not None
        )


def _after(name: str, task: str, text: str) -> Boundary:
    return Boundary(name, task, text, Moment.AFTER)


def _before(name: str, task: str, text: str) -> Boundary:
    return Boundary(name, task, text, Moment.BEFORE)


_FACT = r"load_songplays$"
_SONGS = r"complete_plays$"

BOUNDARIES = {
    boundary.name: boundary
    for boundary in (
        _after("schema-created", "open_staging", r"^CREATE SCHEMA"),
        _before("open-commit", "open_staging", r"^COMMIT"),
        _after("open-committed", "open_staging", r"^COMMIT"),
        _before("copy", "stage_", r"^COPY"),
        _after("copied", "stage_", r"^COPY"),
        _after("staging-emptied", "stage_", r"^DELETE FROM .?staging_"),
        _after("partition-noted", "stage_", r"^INSERT INTO staged_partitions"),
        _after("objects-noted", "stage_", r"^INSERT INTO staged_objects"),
        _before("stage-commit", "stage_", r"^COMMIT"),
        _after("stage-committed", "stage_", r"^COMMIT"),
        _after("time-converted", "build_staging_time", r"^INSERT INTO"),
        _after("time-committed", "build_staging_time", r"^COMMIT"),
        _before("audit-results", "audit_staging", r"^INSERT INTO .*quality_results"),
        _after("mutex-taken", "load_|complete_", r"^LOCK"),
        _before("dimension-commit", "load_(songs|artists|users|time)", r"^COMMIT"),
        _after("dimension-committed", "load_(songs|artists|users|time)", r"^COMMIT"),
        _after("dimension-deleted", "load_(songs|artists|users)", r"^DELETE FROM"),
        _after("catalogue-deleted", _SONGS, r"DELETE FROM etl.song_catalogue"),
        _after("catalogue-written", _SONGS, r"INSERT INTO etl.song_catalogue"),
        _after("plays-completed", _SONGS, r"^INSERT INTO .?public.?\..?songplays"),
        _after("song-objects-forgotten", _SONGS, r"DELETE FROM etl.source_objects"),
        _after("song-objects-noted", _SONGS, r"INSERT INTO etl.source_objects"),
        _before("catalogue-commit", _SONGS, r"^COMMIT"),
        _after("catalogue-committed", _SONGS, r"^COMMIT"),
        _after("deliveries-deleted", _FACT, r"DELETE FROM etl.play_deliveries"),
        _after("deliveries-written", _FACT, r"INSERT INTO etl.play_deliveries"),
        _after("observations-deleted", _FACT, r"DELETE FROM etl.user_observations"),
        _after("latest-deleted", _FACT, r"DELETE FROM etl.latest_observations"),
        _after("fact-deleted", _FACT, r"^DELETE FROM .?public.?\..?songplays"),
        _after("fact-inserted", _FACT, r"^INSERT INTO .?public.?\..?songplays"),
        _after("users-deleted", _FACT, r"DELETE FROM public.users"),
        _after("rejects-written", _FACT, r"INSERT INTO etl.rejects"),
        _after("ledger-deleted", _FACT, r"DELETE FROM etl.load_ledger"),
        _after("ledger-written", _FACT, r"INSERT INTO etl.load_ledger"),
        _before("fact-commit", _FACT, r"^COMMIT"),
        _after("fact-committed", _FACT, r"^COMMIT"),
        _before("quality-results", "check_quality", r"^INSERT INTO .*quality_results"),
        _after("quality-stored", "check_quality", r"^INSERT INTO .*quality_results"),
        _before("teardown", "close_staging", r"^DROP SCHEMA"),
        _after("torn-down", "close_staging", r"^DROP SCHEMA"),
    )
}
