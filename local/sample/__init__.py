"""Seeded sample data: event logs and song files that look like those of a music-streaming app.

Contract: the same configuration gives the same events and songs on any machine, and the same bytes wherever zlib
is the same. All names and words are made up here.
"""

from local.sample.catalogue import Song, make_songs
from local.sample.config import FAULTS, SampleConfig
from local.sample.faults import InjectedFault, inject_faults
from local.sample.files import generate, write_to
from local.sample.listeners import make_events

__all__ = [
    "FAULTS",
    "InjectedFault",
    "SampleConfig",
    "Song",
    "generate",
    "inject_faults",
    "make_events",
    "make_songs",
    "write_to",
]
