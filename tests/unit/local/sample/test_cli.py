"""``python -m local.sample`` writes a sample into a folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from local.sample.cli import main


@pytest.mark.parametrize(("layout", "logs"), [("hourly", 4), ("daily", 1)])
def test_files_are_written_in_the_layout(tmp_path: Path, layout: str, logs: int) -> None:
    options = ["--hours", "4", "--songs", "9", "--layout", layout, "--out", str(tmp_path)]
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 0, done.output
    assert len([path for path in (tmp_path / "log_data").rglob("*") if path.is_file()]) == logs
    assert len(list((tmp_path / "song_data").rglob("TR*.json"))) == 9
    assert f"Wrote {logs + 9} files to {tmp_path}" in done.output.replace("\n", " ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--start", "2018-11-01T00:30"], "must be a whole hour"),
        (["--start", "yesterday"], "Invalid isoformat string: 'yesterday'"),
        (["--faults", "lost=1"], "'lost' is not a fault"),
    ],
)
def test_options_that_make_no_sense_are_named(tmp_path: Path, options: list[str], message: str) -> None:
    done = CliRunner().invoke(main, ["--out", str(tmp_path), *options])
    assert done.exit_code == 2
    assert message in done.output
