"""A run's environment contains only those variables of the user's shell that are on a list."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local.runner.environment import MARK, own_environment
from local.runner.settings import ROOT
from local_redshift import supervision
from tests.support.hostile import ALL_HOSTILE, HOSTILE

PLAIN = {"PATH": "/usr/bin", "HOME": "/home/somebody"}


@pytest.mark.parametrize("meant_for", HOSTILE)
def test_what_is_meant_for_other_programs_changes_nothing(meant_for: str) -> None:
    assert own_environment({**PLAIN, **HOSTILE[meant_for]}) == own_environment(PLAIN)


@pytest.mark.parametrize("name", ["PATH", "TERM", "NO_COLOR", "DATA", "AIRFLOW_PORT", "PAGER", "PSQL_HISTORY", MARK])
def test_what_is_needed_is_kept(name: str) -> None:
    assert own_environment({name: "value"})[name] == "value"


def test_made_again_it_is_the_same(tmp_path: Path) -> None:
    once = own_environment({**PLAIN, **ALL_HOSTILE, "TMPDIR": "/tmp"}, tmp_path)
    assert own_environment(once) == once


def test_the_servers_of_a_run_bear_its_mark() -> None:
    assert supervision.own_environment(own_environment({**PLAIN, MARK: "run-1"}))[MARK] == "run-1"


def test_the_runner_starts_in_a_hostile_shell_and_sees_nothing_of_it(tmp_path: Path) -> None:
    program = tmp_path / "shown.py"
    program.write_text(
        "import json, os\nfrom local.runner.environment import own_environment, restart_in\n"
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
