"""Whether the server of this container answers a query: ``python -m local_redshift.healthcheck``.

Contract: reads the same variables as the command ``local-redshift``; the exit code is the answer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from local_redshift.settings import Settings


def check(environment: Mapping[str, str]) -> str | None:
    """Return why the server is not healthy, None when it is.

    :param environment: the container's.
    """
    defaults = Settings(Path())
    address = make_conninfo(
        host="localhost",
        port=environment.get("LOCAL_REDSHIFT_PORT", str(defaults.port)),
        dbname=environment.get("LOCAL_REDSHIFT_DATABASE", defaults.database),
        user=environment.get("LOCAL_REDSHIFT_USER", defaults.user),
        password=environment.get("LOCAL_REDSHIFT_PASSWORD", defaults.password),
        connect_timeout=5,
    )
    try:
        with psycopg.connect(address) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(check(os.environ))
