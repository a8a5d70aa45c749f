"""The pipeline's sources in S3, as the settings name them."""

from __future__ import annotations

from sparkify.settings import Settings
from sparkify.staging.source_files import PartitionedSource, Source


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
