"""The command line that all benchmarks share: a size, a seed, and each of the numbers that a size stands for.

``python -m bench.growth --size full --songs 1000,500000`` takes the full size's numbers but for the songs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

Size = TypeVar("Size")
#: How much a benchmark measures: a smoke run, some minutes, or everything.
SIZES = ("tiny", "short", "full")


@dataclass(frozen=True)
class Choice(Generic[Size]):
    """What the command line asks for.

    :param size: the numbers.
    :param seed: of the generated data.
    :param command: how to get the same numbers again, without the further options, which may name files.
    :param options: further options of the benchmark.
    """

    size: Size
    seed: int
    command: str
    options: argparse.Namespace


def choose(
    name: str,
    description: str | None,
    sizes: Mapping[str, Size],
    words: Sequence[str] | None = None,
    *,
    extend: Callable[[argparse.ArgumentParser], Any] = lambda parser: None,
) -> Choice[Size]:
    """Read the command line.

    :param name: the benchmark's.
    :param sizes: a dataclass object for each of :data:`SIZES`, of numbers and tuples of numbers; each of its fields
        is an option.
    :param words: the command line instead of the process's own.
    :param extend: adds options.
    """
    parser = argparse.ArgumentParser(
        prog=f"python -m bench.{name}", description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=SIZES, default="short", help="how much to measure (default: short)")
    parser.add_argument("--seed", type=int, default=5, help="other generated data")
    names = [field.name for field in fields(sizes["tiny"])]  # type: ignore[arg-type]
    for field in names:
        by_size = ", ".join(f"{size} {_text(getattr(sizes[size], field))}" for size in SIZES)
        parser.add_argument(f"--{field.replace('_', '-')}", type=_reader(getattr(sizes["tiny"], field)), help=by_size)
    extend(parser)
    options = parser.parse_args(words)
    given = {field: getattr(options, field) for field in names if getattr(options, field) is not None}
    chosen = {"size": options.size, "seed": options.seed} | given
    command = " ".join(
        [f"python -m bench.{name}", *(f"--{key.replace('_', '-')} {_text(value)}" for key, value in chosen.items())]
    )
    return Choice(replace(sizes[options.size], **given), options.seed, command, options)  # type: ignore[type-var]


def _reader(like: Any) -> Callable[[str], Any]:
    if not isinstance(like, tuple):
        return type(like)

    def numbers(text: str) -> tuple[int, ...]:
        return tuple(int(word) for word in text.split(","))

    return numbers


def _text(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
