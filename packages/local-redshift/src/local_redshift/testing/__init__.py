"""Helpers for tests: a bucket, faults in front of S3 and in front of the server, waiting, a check of SQL by its text.

The fixtures of :mod:`local_redshift.pytest_plugin` give a server and a bucket; these are the pieces behind and beside
them. Needs neither pytest nor a running server to be imported.
"""

from local_redshift.testing.bucket import ROLE, Bucket
from local_redshift.testing.s3_proxy import (
    SLOW_DOWN,
    Answer,
    Delay,
    Drop,
    Request,
    Reset,
    S3Fault,
    S3Proxy,
    S3Rule,
    Shorten,
)
from local_redshift.testing.statements import check_statements
from local_redshift.testing.waiting import PATIENCE, wait_until
from local_redshift.testing.wire_proxy import (
    Cut,
    Hang,
    Hold,
    Moment,
    Refuse,
    Statement,
    WireFault,
    WireProxy,
    WireRule,
)

__all__ = [
    "PATIENCE",
    "ROLE",
    "SLOW_DOWN",
    "Answer",
    "Bucket",
    "Cut",
    "Delay",
    "Drop",
    "Hang",
    "Hold",
    "Moment",
    "Refuse",
    "Request",
    "Reset",
    "S3Fault",
    "S3Proxy",
    "S3Rule",
    "Shorten",
    "Statement",
    "WireFault",
    "WireProxy",
    "WireRule",
    "check_statements",
    "wait_until",
]
