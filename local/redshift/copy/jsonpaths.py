"""Where in a JSON object each column's value is.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-json-jsonpaths
https://docs.aws.amazon.com/redshift/latest/dg/r_COPY_command_examples.html#r_COPY_command_examples-copy-from-json
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from local.redshift.copy.model import Column, RowError
from local.redshift.errors import RedshiftError

#: Takes a JSON object, returns the columns' values in order; what is absent is None.
Extractor = Callable[[Any], list[Any]]

_STEP = re.compile(r"\.([^.\[\]]+)|\[\s*'([^']*)'\s*\]|\[\s*\"([^\"]*)\"\s*\]|\[\s*(\d+)\s*\]")


def extractor(option: str, columns: Sequence[Column], paths: bytes | None) -> Extractor:
    """Return the function that takes the columns' values out of an object.

    :param option: ``auto``: keys equal the columns' names, which are lower case; ``auto ignorecase``: in any case;
        else the address of the JSONPaths file.
    :param columns: the columns.
    :param paths: the JSONPaths file's bytes.
    :raises RedshiftError: when the file is malformed, or does not have one path a column.
    """
    names = [column.name for column in columns]
    if option == "auto":
        return lambda found: [found.get(name) for name in names]
    if option == "auto ignorecase":
        return lambda found: _ignoring_case(found, names)
    if option == "noshred":
        return lambda found: [found]
    return _by_paths(parse_jsonpaths(option, paths or b"", len(columns)))


def plain_keys(option: str, columns: Sequence[Column], paths: bytes | None) -> list[str] | None:
    """Return the keys of the outer object that hold the columns' values; None when they are found otherwise.

    The parameters are those of ``extractor``.
    """
    if option == "auto":
        return [column.name for column in columns]
    if option.startswith("s3://"):
        return _outer_keys(parse_jsonpaths(option, paths or b"", len(columns)))
    return None


def parse_jsonpaths(uri: str, content: bytes, count: int) -> list[tuple[str | int, ...]]:
    """Return the steps of each path of a JSONPaths file.

    :param count: number of columns.
    :raises RedshiftError: when the file is malformed, or does not have one path a column.
    """
    try:
        paths = orjson.loads(content)["jsonpaths"]
        steps = [_steps(path) for path in paths]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise RedshiftError(
            "XX000",
            f"Invalid JSONPath format: the file {uri} is malformed: {error}",
            hint='It has to be {"jsonpaths": ["$.key", "$[\'key\']", …]}.',
        ) from None
    if len(steps) != count:
        raise RedshiftError(
            "XX000",
            f"Number of jsonpaths and the number of columns should match. JSONPath size: {len(steps)}, "
            f"Number of columns in table or column list: {count}",
        )
    return steps


def _steps(path: str) -> tuple[str | int, ...]:
    if not isinstance(path, str) or not path.startswith("$"):
        raise ValueError(f"{path!r} is no JSONPath")
    steps: list[str | int] = []
    at = 1
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            raise ValueError(f"{path!r} is no JSONPath that Redshift supports")
        key = next((group for group in match.groups()[:3] if group is not None), None)
        steps.append(int(match.group(4)) if key is None else key)
        at = match.end()
    return tuple(steps)


def _by_paths(paths: Sequence[tuple[str | int, ...]]) -> Extractor:
    named = any(path and isinstance(path[0], str) for path in paths)

    def extract(found: Any) -> list[Any]:
        if named and not isinstance(found, dict):
            raise RowError(1216, "Invalid JSONPath format: Member is not an object.")
        return [_follow(found, path) for path in paths]

    return extract


def _outer_keys(paths: Sequence[tuple[str | int, ...]]) -> list[str] | None:
    keys = [path[0] for path in paths if len(path) == 1 and isinstance(path[0], str)]
    return keys if len(keys) == len(paths) else None


def _follow(found: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        if isinstance(step, str) and isinstance(found, dict):
            found = found.get(step)
        elif isinstance(step, int) and isinstance(found, list) and step < len(found):
            found = found[step]
        else:
            return None
    return found


def _ignoring_case(found: dict[str, Any], names: Sequence[str]) -> list[Any]:
    folded = {key.lower(): value for key, value in reversed(found.items())}
    return [folded.get(name.lower()) for name in names]
