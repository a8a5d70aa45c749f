"""The health check of the container."""

from __future__ import annotations

import pytest

from local_redshift import RedshiftServer
from local_redshift.healthcheck import check


def test_a_server_that_answers_is_healthy(redshift: RedshiftServer) -> None:
    assert check({"LOCAL_REDSHIFT_PORT": str(redshift.port)}) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"LOCAL_REDSHIFT_PASSWORD": "wrong"}, "password authentication failed"),
        ({"LOCAL_REDSHIFT_PORT": "1"}, "refused"),
    ],
)
def test_one_that_does_not_is_not(redshift: RedshiftServer, changed: dict[str, str], reason: str) -> None:
    assert reason in (check({"LOCAL_REDSHIFT_PORT": str(redshift.port), **changed}) or "")
