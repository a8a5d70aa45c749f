"""The package as strangers get it: a wheel in an empty environment, its command, its extras, and a test by another."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

import pytest

from local_redshift.s3 import S3Server
from local_redshift.testing import Bucket

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PACKAGE = Path(__file__).parents[1]
#: What pip was told before the tests were given an environment of their own.
SHELL: dict[str, str] = json.loads(os.environ["PYTEST_SHELL"])


def run(*command: str | Path, folder: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env={name: value for name, value in SHELL.items() if not name.startswith("PYTHON")} | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def succeed(*command: str | Path, folder: Path | None = None, **variables: str) -> str:
    done = run(*command, folder=folder, **variables)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of a copy of what a source distribution holds: no build folder of an earlier one counts."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    succeed("cp", "-R", PACKAGE, source)
    for left in (*source.rglob("*.egg-info"), *source.rglob("__pycache__"), source / "build"):
        succeed("rm", "-rf", left)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    succeed(*pip, "--wheel-dir", folder, source)
    return next(folder.glob("*.whl"))


def install(folder: Path, *packages: str | Path) -> Path:
    """Make an environment of its own, install packages and what they depend on, and return its ``bin`` folder."""
    succeed(sys.executable, "-m", "venv", folder)
    pip = (folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet")
    probe = run(*pip, "download", "--no-deps", "--retries=0", "--dest", folder / "probe", "click")
    if probe.returncode != 0:
        pytest.skip(f"No package index can be reached, so the wheel was not installed: {probe.stderr.strip()[-300:]}")
    succeed(*pip, "install", *packages)
    return folder / "bin"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """An environment after ``pip install local-redshift``: no extra, and nothing else."""
    return install(tmp_path_factory.mktemp("bare") / "environment", wheel)


@pytest.fixture(scope="module")
def with_extras(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """An environment with the extras that a project takes for its tests, and Amazon's driver."""
    folder = tmp_path_factory.mktemp("extras") / "environment"
    return install(folder, f"{wheel}[s3,pytest]", "redshift-connector")


@contextmanager
def serving(*command: str | Path, ready: str, folder: Path) -> Iterator[re.Match[str]]:
    """Run a server until the block ends, and stop it with SIGTERM; give what its first line says."""
    with subprocess.Popen([*map(str, command)], cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            match = re.search(ready, line)
            assert match, line
            yield match
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0


def test_the_wheel_has_the_sql_the_marker_of_types_and_no_test(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    sources = [path.relative_to(PACKAGE / "src").as_posix() for path in (PACKAGE / "src").rglob("*.sql")]
    assert sources
    assert {*sources, "local_redshift/py.typed"} <= {*names}
    assert not [name for name in names if not name.startswith(("local_redshift/", "local_redshift-"))]


@contextmanager
def redshift(environment: Path, folder: Path, endpoint: str, key: str, secret: str) -> Iterator[str]:
    """Run the command ``local-redshift`` of an environment until the block ends, and give its address."""
    keys = ("--s3-access-key-id", key, "--s3-secret-access-key", secret)
    command = (
        environment / "local-redshift",
        "--folder",
        folder / "r",
        "--port",
        "0",
        "--s3-endpoint",
        endpoint,
        *keys,
    )
    with serving(*command, ready=r"ready on 127\.0\.0\.1:(\d+), database dev", folder=folder) as ready:
        yield f"postgresql://awsuser:Local-Redshift-1@127.0.0.1:{ready[1]}/dev"
    assert not (folder / "r" / "warehouse" / "data" / "postmaster.pid").exists()


def copied(environment: Path, dsn: str, address: str) -> str:
    """Return the songs that COPY loads from an address, asked for by the psycopg that is in the environment."""
    program = f"""
        import psycopg
        with psycopg.connect("{dsn}", autocommit=True) as connection:
            connection.execute("CREATE TABLE plays (song VARCHAR(20))")
            connection.execute("COPY plays FROM '{address}' IAM_ROLE default JSON 'auto'")
            print(connection.execute("SELECT song FROM plays ORDER BY song").fetchall())
    """
    return succeed(environment / "python", "-c", dedent(program)).strip()


PLAYS = '{"song": "Yellow"}\n{"song": "Clocks"}\n'


def test_the_package_by_itself_starts_copies_from_an_s3_server_and_stops(
    bare: Path, tmp_path: Path, s3: S3Server, bucket: Bucket
) -> None:
    for of_an_extra in ("pytest", "sqlglot"):
        assert run(bare / "python", "-c", f"import {of_an_extra}").returncode == 1
    assert not (bare / "rclone").exists()
    assert "--s3-endpoint" in succeed(bare / "local-redshift", "--help")
    address = bucket.put("plays.json", PLAYS)
    with redshift(bare, tmp_path, s3.endpoint, s3.access_key_id, s3.secret_access_key) as dsn:
        assert copied(bare, dsn, address) == "[('Clocks',), ('Yellow',)]"


def test_with_its_extra_it_brings_an_s3_server(with_extras: Path, tmp_path: Path) -> None:
    (tmp_path / "s3" / "music").mkdir(parents=True)
    (tmp_path / "s3" / "music" / "plays.json").write_text(PLAYS)
    command = (with_extras / "local-redshift-s3", "--folder", tmp_path / "s3", "--port", "0")
    with (
        serving(*command, ready=r"(http://\S+), key (\S+)", folder=tmp_path) as said,
        redshift(with_extras, tmp_path, said[1], said[2], "localredshiftsecret") as dsn,
    ):
        assert copied(with_extras, dsn, "s3://music/plays.json") == "[('Clocks',), ('Yellow',)]"


def test_a_foreign_project_tests_its_copy_with_the_example_of_the_readme(with_extras: Path, tmp_path: Path) -> None:
    readme = (PACKAGE / "README.md").read_text(encoding="utf-8")
    example, result = re.findall(r"```(?:python|text)\n(.*?)```", readme, re.DOTALL)[:2]
    (tmp_path / "test_plays.py").write_text(example)
    (tmp_path / "uvloop.py").write_text("raise RuntimeError('the project has a module of this name')")
    said = succeed(with_extras / "python", "-P", "-m", "pytest", folder=tmp_path)
    assert re.search(r"^test_plays\.py \.+ ", said, re.MULTILINE)
    assert re.search(r"\d passed", said)
    assert re.search(r"\d passed", result)
