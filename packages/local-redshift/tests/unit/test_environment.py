"""The environment of the servers: nothing of the user's shell but what is on the list."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

from local_redshift.environment import own_environment, use_environment
from support.hostile import OTHERS

PLAIN = {"PATH": "/usr/bin", "HOME": "/home/somebody"}


@pytest.mark.parametrize("meant_for", OTHERS)
def test_what_is_meant_for_other_programs_changes_nothing(meant_for: str) -> None:
    assert own_environment({**PLAIN, **OTHERS[meant_for]}) == own_environment(PLAIN)


@pytest.mark.parametrize("name", ["PATH", "HOME", "TERM", "COLUMNS", "NO_COLOR", "LOCAL_REDSHIFT_POSTGRES"])
def test_what_is_needed_is_kept(name: str) -> None:
    assert own_environment({name: "value"})[name] == "value"


def test_what_the_user_names_is_kept_by_all_processes_down_the_line() -> None:
    shell = {"LOCAL_REDSHIFT_KEEP": "MARK COVERAGE_*", "MARK": "1", "COVERAGE_RCFILE": "x", "OTHER": "1"}
    child = own_environment(own_environment(shell))
    assert child["MARK"] == "1"
    assert child["COVERAGE_RCFILE"] == "x"
    assert "OTHER" not in child


def test_a_home_folder_of_its_own_takes_the_place_of_the_users(tmp_path: Path) -> None:
    assert own_environment(PLAIN, tmp_path)["HOME"] == str(tmp_path)


def test_made_again_it_is_the_same(tmp_path: Path) -> None:
    others = {name: value for variables in OTHERS.values() for name, value in variables.items()}
    once = own_environment({**PLAIN, **others, "TMPDIR": "/tmp"}, tmp_path)
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
