"""A benchmark's command line: a size, and other numbers where they are given."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bench import analytics, backfill, copy, growth, hour, server, startup
from bench.sizes import SIZES, choose


@dataclass(frozen=True)
class Size:
    songs: tuple[int, ...]
    megabytes: float
    rival_hours: int = 3


BY_SIZE = {"tiny": Size((1,), 0.5), "short": Size((1, 2), 10.0), "full": Size((1, 2, 3), 100.0)}


def test_a_size_stands_for_its_numbers():
    chosen = choose("x", None, BY_SIZE, ["--size", "full"])
    assert chosen.size == BY_SIZE["full"]
    assert chosen.command == "python -m bench.x --size full --seed 5"


def test_each_number_can_be_another():
    words = ["--size", "tiny", "--songs", "10,1000", "--megabytes", "2", "--rival-hours", "0", "--seed", "9"]
    chosen = choose("x", None, BY_SIZE, words)
    assert chosen.size == Size((10, 1000), 2.0, 0)
    assert chosen.seed == 9
    options = "--size tiny --seed 9 --songs 10,1000 --megabytes 2.0 --rival-hours 0"
    assert chosen.command == f"python -m bench.x {options}"


def test_a_further_option_is_not_told_since_it_may_name_a_folder():
    extend = lambda parser: parser.add_argument("--data")  # noqa: E731
    chosen = choose("x", None, BY_SIZE, ["--data", "folder"], extend=extend)
    assert chosen.options.data == "folder"
    assert "folder" not in chosen.command


def test_what_is_no_number_is_refused(capsys):
    with pytest.raises(SystemExit):
        choose("x", None, BY_SIZE, ["--songs", "many"])
    assert "--songs" in capsys.readouterr().err


@pytest.mark.parametrize("benchmark", [analytics, backfill, copy, growth, hour, server, startup])
def test_every_benchmark_has_all_sizes_and_says_them(benchmark, capsys):
    assert tuple(benchmark.BY_SIZE) == SIZES
    with pytest.raises(SystemExit):
        choose(benchmark.__name__, benchmark.__doc__, benchmark.BY_SIZE, ["--help"])
    assert "short" in capsys.readouterr().out
