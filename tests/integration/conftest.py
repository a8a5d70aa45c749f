"""Servers that the integration tests share. Each is started once and only when a test asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.s3 import S3Server


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """An S3 server on a free port; tests make their own buckets with ``create_bucket``."""
    with S3Server(tmp_path_factory.mktemp("s3") / "data") as server:
        yield server
