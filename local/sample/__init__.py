"""Seeded sample data: an app's event logs and song files, as another system would deliver them to S3.

Contract: the same parameters give the same bytes (gzip included, for one zlib), on every Python; nothing here
reads a clock or a file. Faults have a random stream of their own, so switching one on changes nothing else.
"""

from local.sample.catalogue import Song
from local.sample.delivery import Layout, SampleFile
from local.sample.faults import Faults, InjectedFault
from local.sample.source import Sample

__all__ = ["Faults", "InjectedFault", "Layout", "Sample", "SampleFile", "Song"]
