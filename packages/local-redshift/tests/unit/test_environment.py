"""The environment of what runs on the laptop: nothing of the user's shell but what is on the list."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from local.runner.settings import ROOT
from local_redshift.environment import MARK, own_environment, use_environment
from support.hostile import ALL_HOSTILE, HOSTILE

PLAIN = {"PATH": "/usr/bin", "HOME": "/home/somebody"}


@pytest.mark.parametrize("meant_for", HOSTILE)
def test_what_is_meant_for_other_programs_changes_nothing(meant_for: str) -> None:
    assert own_environment({**PLAIN, **HOSTILE[meant_for]}) == own_environment(PLAIN)


@pytest.mark.parametrize(
    "name", ["PATH", "HOME", "TERM", "COLUMNS", "NO_COLOR", "DATA", "AIRFLOW_PORT", "PAGER", "PSQL_HISTORY", MARK]
)
def test_what_is_needed_is_kept(name: str) -> None:
    assert own_environment({name: "value"})[name] == "value"


def test_a_home_folder_of_its_own_takes_the_place_of_the_users(tmp_path: Path) -> None:
    assert own_environment(PLAIN, tmp_path)["HOME"] == str(tmp_path)


def test_made_again_it_is_the_same(tmp_path: Path) -> None:
    once = own_environment({**PLAIN, **ALL_HOSTILE, "TMPDIR": "/tmp"}, tmp_path)
    assert own_environment(once) == once


def test_without_a_path_programs_are_looked_for_where_the_system_has_them() -> None:
    assert own_environment({})["PATH"] == os.defpath


@pytest.mark.parametrize(
    ("folder", "kept"),
    [
        pytest.param("/tmp", True, id="usable"),
        pytest.param("tmp", False, id="relative"),
        pytest.param("/nowhere", False, id="absent"),
        pytest.param("/etc/passwd", False, id="a file"),
        pytest.param("", False, id="empty"),
    ],
)
def test_a_temporary_folder_is_kept_if_every_program_can_use_it(folder: str, kept: bool) -> None:
    assert (own_environment({"TMPDIR": folder}).get("TMPDIR") == folder) is kept


def test_a_temporary_folder_with_a_path_too_long_for_a_socket_is_not_kept(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    assert "TMPDIR" not in own_environment({"TMPDIR": str(long)})


def test_only_pythons_own_library_folder_is_kept() -> None:
    own = sysconfig.get_config_var("LIBDIR")
    assert own_environment({"LD_LIBRARY_PATH": f"/opt/conda/lib:{own}"})["LD_LIBRARY_PATH"] == own
    assert "LD_LIBRARY_PATH" not in own_environment({"LD_LIBRARY_PATH": "/opt/conda/lib"})


def test_a_block_runs_in_an_environment_and_leaves_this_processs_as_it_was() -> None:
    before = dict(os.environ)
    with use_environment({**PLAIN, "NEW": "1"}):
        assert dict(os.environ) == {**PLAIN, "NEW": "1"}
        said = subprocess.run(["env"], capture_output=True, text=True, check=True).stdout
        assert set(said.splitlines()) >= {"NEW=1", "HOME=/home/somebody"}
    assert dict(os.environ) == before


def test_the_runner_starts_in_a_hostile_shell_and_sees_nothing_of_it(tmp_path: Path) -> None:
    program = tmp_path / "shown.py"
    program.write_text(
        "import json, os\nfrom local_redshift.environment import own_environment, restart_in\n"
        "restart_in(own_environment(os.environ), 'shown')\nprint(json.dumps(dict(os.environ)))\n"
    )
    (tmp_path / "local").symlink_to(ROOT / "local")
    done = subprocess.run(
        [sys.executable, "-E", "-s", "-m", "shown"],
        cwd=tmp_path,
        env={**PLAIN, **ALL_HOSTILE},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == own_environment(PLAIN)
