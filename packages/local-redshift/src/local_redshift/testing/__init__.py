"""Helpers for tests: a bucket to put files into, faults in front of S3, waiting, a check of SQL by its text.

The fixtures of :mod:`local_redshift.pytest_plugin` give a server and a bucket; these are the pieces behind and beside
them. Needs neither pytest nor a running server to be imported.
"""

from local_redshift.testing.bucket import ROLE, Bucket
from local_redshift.testing.s3_proxy import (
    SLOW_DOWN,
    Answer,
    Delay,
    Drop,
    Fault,
    Request,
    Reset,
    Rule,
    S3Proxy,
    Shorten,
)
from local_redshift.testing.statements import check_statements
from local_redshift.testing.waiting import PATIENCE, wait_until

__all__ = [
    "PATIENCE",
    "ROLE",
    "SLOW_DOWN",
    "Answer",
    "Bucket",
    "Delay",
    "Drop",
    "Fault",
    "Request",
    "Reset",
    "Rule",
    "S3Proxy",
    "Shorten",
    "check_statements",
    "wait_until",
]
