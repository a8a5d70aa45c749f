"""Hours as requests name them, and the run that loads one again."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from sparkify.pages.loads import parse_hour, rerun
from sparkify.run_windows import requested_window
from sparkify.windows import HOUR, Window
from tests.support.load_runs import START


def test_a_rerun_loads_exactly_the_hour() -> None:
    assert requested_window(SimpleNamespace(conf=rerun(START)["conf"])) == Window(START, START + HOUR)


@pytest.mark.parametrize("label", ["", "2018-11-05", "2018-11-05T25", "../etc", "2018-11-05T13' OR '1'='1"])
def test_what_is_no_hour_is_told(label: str) -> None:
    with pytest.raises(ValueError, match="give one such as 2018-11-05T13"):
        parse_hour(label)
