"""The errors that Python callers of the package see. What clients of the server see is in ``errors.py``."""

from __future__ import annotations


class LocalRedshiftError(Exception):
    """The base of all errors of this package; the message says what to do."""


class StartError(LocalRedshiftError):
    """The local Redshift did not start; the message says why."""
