"""The package as strangers get it: a wheel in an empty environment, the commands, and another project's test."""

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


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Path:
    """The ``bin`` folder of an environment that has the wheel with its extras and nothing else."""
    folder = tmp_path_factory.mktemp("empty") / "environment"
    succeed(sys.executable, "-m", "venv", folder)
    pip = (folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet")
    probe = run(*pip, "download", "--no-deps", "--retries=0", "--dest", folder / "probe", "click")
    if probe.returncode != 0:
        pytest.skip(f"No package index can be reached: {probe.stderr.strip()[-300:]}")
    succeed(*pip, "install", f"{wheel}[s3,pytest]", "redshift-connector")
    return folder / "bin"


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


def test_the_commands_of_an_empty_environment_start_copy_and_stop(environment: Path, tmp_path: Path) -> None:
    assert "--s3-endpoint" in succeed(environment / "local-redshift", "--help")
    (tmp_path / "s3" / "music").mkdir(parents=True)
    (tmp_path / "s3" / "music" / "plays.json").write_text('{"song": "Yellow"}\n{"song": "Clocks"}\n')
    s3 = (environment / "local-redshift-s3", "--folder", tmp_path / "s3", "--port", "0")
    with serving(*s3, ready=r"(http://\S+), key (\S+)", folder=tmp_path) as said:
        keys = ("--s3-access-key-id", said[2], "--s3-secret-access-key", "localredshiftsecret")
        redshift = (environment / "local-redshift", "--folder", tmp_path / "r", "--port", "0", "--s3-endpoint", said[1])
        with serving(*redshift, *keys, ready=r"ready on 127\.0\.0\.1:(\d+), database dev", folder=tmp_path) as ready:
            program = f"""
                import psycopg
                dsn = "postgresql://awsuser:Local-Redshift-1@127.0.0.1:{ready[1]}/dev"
                with psycopg.connect(dsn, autocommit=True) as connection:
                    connection.execute("CREATE TABLE plays (song VARCHAR(20))")
                    connection.execute("COPY plays FROM 's3://music/plays.json' IAM_ROLE default JSON 'auto'")
                    print(connection.execute("SELECT song FROM plays ORDER BY song").fetchall())
            """
            said_rows = succeed(environment / "python", "-c", dedent(program))
    assert said_rows.strip() == "[('Clocks',), ('Yellow',)]"
    assert not (tmp_path / "r" / "warehouse" / "data" / "postmaster.pid").exists()


def test_a_foreign_project_tests_its_copy_with_the_example_of_the_readme(environment: Path, tmp_path: Path) -> None:
    readme = (PACKAGE / "README.md").read_text(encoding="utf-8")
    example, result = re.findall(r"```(?:python|text)\n(.*?)```", readme, re.DOTALL)[:2]
    (tmp_path / "test_plays.py").write_text(example)
    (tmp_path / "uvloop.py").write_text("raise RuntimeError('the project has a module of this name')")
    said = succeed(environment / "python", "-P", "-m", "pytest", folder=tmp_path)
    assert re.search(r"^test_plays\.py \.+ ", said, re.MULTILINE)
    assert re.search(r"\d passed", said)
    assert re.search(r"\d passed", result)
