"""The local Redshift starts in any shell: it takes nothing from it that is meant for other programs."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from local_redshift import RedshiftServer, Settings
from local_redshift.s3 import S3Server
from local_redshift.testing import Bucket
from support.hostile import OTHERS, make_others_home

#: Of the others, Python and the loader have read theirs before the first line of the program runs.
_MEANT_FOR = ("another PostgreSQL", "another local Redshift", "another rclone")


def test_it_starts_and_copies(tmp_path: Path, s3: S3Server, bucket: Bucket) -> None:
    server = RedshiftServer(Settings(tmp_path / "state", port=0, s3=s3.settings))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {name: value for meant in _MEANT_FOR for name, value in OTHERS[meant].items()}.items():
            patch.setenv(name, value)
        patch.setenv("HOME", str(make_others_home(tmp_path / "home")))
        server.start()
    address = bucket.put_json("plays/1.json", [{"song": "Yellow"}])
    try:
        with psycopg.connect(**server.connection(), autocommit=True) as connection:
            connection.execute("CREATE TABLE plays (song VARCHAR)")
            connection.execute(f"COPY plays FROM '{address}' IAM_ROLE default JSON 'auto'")
            assert connection.execute("SELECT song FROM plays").fetchall() == [("Yellow",)]
    finally:
        server.stop()
