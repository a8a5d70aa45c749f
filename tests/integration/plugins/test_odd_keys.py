"""Keys that no file system holds, from S3 to the staging tables: loaded, or set aside by name with the rest loaded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from local_redshift import RedshiftServer, S3Settings, Settings
from tests.support.faults.key_s3 import KeyS3
from tests.support.staging_rig import HOUR_13, Stage, connections, event, lines, make_tables, song

ODD = ["/a.json", "b//c.json", "//d.json", " e?#%2F+&'.json", "é.json", "e\u0301.json", "🎵.json", "_k=v/f.json"]
SET_ASIDE = ["./g.json", "../13/h.json", "i\nj.json", "k\x01.json", "l/"]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[KeyS3, RedshiftServer]]:
    folder = tmp_path_factory.mktemp("odd-keys") / "state"
    with KeyS3(page=5) as s3:
        access = S3Settings(s3.endpoint, "us-east-1", s3.access_key_id, s3.secret_access_key)
        with (
            RedshiftServer(Settings(folder=folder, port=0, s3=access)) as redshift,
            pytest.MonkeyPatch.context() as patch,
        ):
            patch.setenv("SSL_CERT_FILE", str(redshift.certificate))
            make_tables(redshift)
            yield s3, redshift


@pytest.fixture
def stage(servers: tuple[KeyS3, RedshiftServer], monkeypatch: pytest.MonkeyPatch) -> Stage:
    s3, redshift = servers
    for name, value in connections(redshift, s3).items():  # type: ignore[arg-type]
        monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(value))
    s3.objects.clear()
    return Stage("stage_redshift")


def uris(stage: Stage, table: str, below: str) -> list[str]:
    start = len(f"s3://stage/{stage.root}/{below}")
    return sorted(uri[start:] for (uri,) in stage.rows(f"SELECT object_uri FROM {table}"))


def test_an_hour_loads_what_it_can_and_names_the_rest(
    stage: Stage, servers: tuple[KeyS3, RedshiftServer], caplog: pytest.LogCaptureFixture
) -> None:
    s3, root = servers[0], f"{stage.root}/{HOUR_13}"
    s3.objects = {f"{root}{key}": lines(event(number)) for number, key in enumerate([*ODD, *SET_ASIDE])}
    counts = stage.run()
    assert (counts["files"], counts["staged"], counts["unclaimed"]) == (len(ODD), len(ODD), len(SET_ASIDE))
    assert uris(stage, "staged_objects", HOUR_13) == sorted(ODD)
    assert uris(stage, "staged_rejects", HOUR_13) == sorted(
        key.replace("\n", "\\x0a").replace("\x01", "\\x01") for key in SET_ASIDE
    )
    assert "5 objects are not loaded" in caplog.text


def test_song_files_with_odd_keys_are_staged_and_the_rest_is_named(
    stage: Stage, servers: tuple[KeyS3, RedshiftServer]
) -> None:
    s3, root = servers[0], f"{stage.root}/song_data/A/"
    s3.objects = {f"{root}{key}": song(number) for number, key in enumerate([*ODD, *SET_ASIDE])}
    s3.objects |= {f"{stage.root}/song_data/": b"", f"{root}": b"", f"{root}sub_$folder$": b""}
    counts = stage.songs()
    assert (counts["files"], counts["staged"], counts["unclaimed"]) == (len(ODD), len(ODD), len(SET_ASIDE))
    assert uris(stage, "staged_objects", "song_data/A/") == sorted(ODD)


def test_copy_of_a_prefix_reads_keys_that_are_not_paths(stage: Stage, servers: tuple[KeyS3, RedshiftServer]) -> None:
    s3, redshift = servers
    s3.objects = {f"p/{key}": b'{"n": 1}' for key in ("a//b", "a/../c", "/d", "x\ny", "e")} | {"p/": b"", "p/f/": b""}
    connection: dict[str, Any] = redshift.connection()
    with psycopg.connect(**connection, autocommit=True) as db:
        db.execute("CREATE TEMP TABLE t (n INTEGER)")
        db.execute("COPY t FROM 's3://any/p/' IAM_ROLE default JSON 'auto'")
        assert db.execute("SELECT COUNT(*) FROM t").fetchone() == (5,)
        s3.objects["m"] = json.dumps({"entries": [{"url": "s3://any/p//gone", "mandatory": True}]}).encode()
        with pytest.raises(psycopg.Error, match="NoSuchKey"):
            db.execute("COPY t FROM 's3://any/m' IAM_ROLE default JSON 'auto' MANIFEST")
