"""The checks of a run: files below ``sql``, by severity. A check that finds rows fails the run, or is a warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sparkify.loading.steps import Bounds

Checks = Mapping[str, Sequence[str]]

#: What the staging and the tables built from it must be before anything is published.
AUDIT_CHECKS: Checks = {
    "error": (
        "audit/staged_events.sql",
        "audit/staged_songs.sql",
        "audit/run_is_whole.sql",
        "audit/run_plays_whole.sql",
        "audit/run_songs_whole.sql",
        "audit/run_conservation.sql",
    ),
    "warn": (
        "audit/files_claimed.sql",
        "audit/timestamps_valid.sql",
        "audit/pages_known.sql",
        "audit/sessions_known.sql",
        "audit/plays_complete.sql",
        "audit/songs_identified.sql",
        "audit/songs_complete.sql",
        "audit/songs_distinct.sql",
    ),
}
#: Whether the source writes other keys than before; the setting ``on_drift`` says how severe that is.
DRIFT_CHECKS: Sequence[str] = ("audit/events_drifted.sql", "audit/songs_drifted.sql")

#: What the star must be after the publish.
QUALITY_CHECKS: Checks = {
    "error": (
        "quality/songplays_has_rows.sql",
        "quality/users_has_rows.sql",
        "quality/songs_has_rows.sql",
        "quality/artists_has_rows.sql",
        "quality/time_has_rows.sql",
        "quality/loaded_equals_ledger.sql",
        "quality/conservation.sql",
        "quality/songplays_unique.sql",
        "quality/songplays_references.sql",
        "quality/users_unique.sql",
        "quality/time_unique.sql",
        "quality/songs_unique.sql",
        "quality/artists_unique.sql",
    ),
    "warn": (
        "quality/levels_known.sql",
        "quality/plays_have_users.sql",
        "quality/volume_as_usual.sql",
        "quality/no_orphans.sql",
    ),
}
#: The bounds of the checks of the star.
CHECK_BOUNDS: Sequence[Bounds] = (
    Bounds(
        "quality/bounds_of_run.sql",
        names=("partitions", "usual_partitions", "days", "users", "song_ids", "song_uris"),
    ),
    Bounds("quality/bounds_of_star.sql", names=("play_users", "play_songs", "play_artists", "song_artists")),
)


def audit_checks(on_drift: str) -> Checks:
    """Return the checks before the publish, with those for drift among them.

    :param on_drift: the setting: ``fail`` or ``warn``.
    """
    severity = {"fail": "error", "warn": "warn"}[on_drift]
    return {**AUDIT_CHECKS, severity: (*AUDIT_CHECKS[severity], *DRIFT_CHECKS)}
