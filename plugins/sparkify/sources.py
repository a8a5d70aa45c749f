"""The pipeline's sources in S3, as the settings name them, and the ledgers of what was loaded of them."""

from __future__ import annotations

from sparkify.ledger.ledger import Ledger
from sparkify.settings import Settings
from sparkify.staging.source_files import PartitionedSource, Source
from sparkify.tables import WRITERS_LOCK


def event_source(settings: Settings) -> PartitionedSource:
    """Return where the event logs are."""
    return PartitionedSource(
        settings.source_bucket,
        settings.log_prefix,
        settings.region,
        settings.log_layout,
        settings.other_prefixes,
    )


def song_source(settings: Settings) -> Source:
    """Return where the song files are."""
    return Source(settings.source_bucket, settings.song_prefix, settings.region)


def event_ledger(settings: Settings) -> Ledger:
    """Return the ledger of the event logs, which are loaded for their plays."""
    return Ledger("songplays", settings.sql_folder, WRITERS_LOCK)


def song_ledger(settings: Settings) -> Ledger:
    """Return the ledger of the song files."""
    return Ledger("songs", settings.sql_folder, WRITERS_LOCK)
