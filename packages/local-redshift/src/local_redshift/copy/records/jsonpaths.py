"""Where in a JSON object each column's value is.

https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-json-jsonpaths
https://docs.aws.amazon.com/redshift/latest/dg/r_COPY_command_examples.html#r_COPY_command_examples-copy-from-json
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from local_redshift.copy.model import Column, RowError
from local_redshift.wire.errors import RedshiftError

#: Takes a JSON object, returns the columns' values in order; what is absent is None.
Extractor = Callable[[Any], list[Any]]

#: A wildcard is not a key: "Amazon Redshift doesn't support any JSONPath elements, such as wildcard characters or
#: filter expressions": https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html
_STEP = re.compile(r"\.(?!\*(?:[.\[]|$))([^.\[\]']+)|\[\s*'([^']*)'\s*\]|\[\s*\"([^\"]*)\"\s*\]|\[\s*(\d+)\s*\]")


def effective_option(option: str, paths: bytes | None) -> str:
    """Return what JSON's option means: a JSONPaths file whose key is any other than ``jsonpaths`` means ``auto``.

    "If the key name is any string other than "jsonpaths", the COPY command doesn't return an error, but it ignores
    jsonpaths_file and uses the 'auto' argument instead":
    https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-json-jsonpaths

    :param option: as the statement has it.
    :param paths: the JSONPaths file's bytes, when there is one.
    :raises RedshiftError: when the file is not a JSON object.
    """
    if not option.startswith("s3://"):
        return option
    return option if "jsonpaths" in _object(option, paths or b"") else "auto"


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
        paths = _object(uri, content)["jsonpaths"]
        steps = [_steps(path) for path in paths]
        _check_notation(paths)
    except (KeyError, TypeError, ValueError) as error:
        raise _malformed(uri, error) from None
    if len(steps) != count:
        raise RedshiftError(
            "XX000",
            f"Number of jsonpaths and the number of columns should match. JSONPath size: {len(steps)}, "
            f"Number of columns in table or column list: {count}",
        )
    return steps


def _object(uri: str, content: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _malformed(uri, error) from None
    if not isinstance(found, dict):
        raise _malformed(uri, "it is not an object")
    return found


def _malformed(uri: str, problem: object) -> RedshiftError:
    return RedshiftError(
        "XX000",
        f"Invalid JSONPath format: the file {uri} is malformed: {problem}",
        hint="It has to be {\"jsonpaths\": [\"$['key']\", \"$['outer']['inner']\", …]}.",
    )


def _check_notation(paths: Sequence[str]) -> None:
    """ "You can't mix bracket notation and dot notation in the jsonpaths array"; both have ``[0]`` for elements.

    https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-json.html#copy-usage-json-options
    """
    steps = [(path, step) for path in paths for step in _STEP.findall(path)]
    dotted = next((path for path, step in steps if step[0]), None)
    bracketed = next((path for path, step in steps if step[1] or step[2]), None)
    if dotted is not None and bracketed is not None:
        raise ValueError(f"{dotted!r} and {bracketed!r} mix dot notation and bracket notation")


def _steps(path: str) -> tuple[str | int, ...]:
    if not isinstance(path, str) or not path.startswith("$"):
        raise ValueError(f"{path!r} is not a JSONPath")
    steps: list[str | int] = []
    at = 1
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            raise ValueError(f"{path!r} is not a JSONPath that Redshift supports")
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
    """Return what a path leads to: NULL when there is no such key, an error when there is no such element.

    https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-format.html#copy-json-jsonpath-expressions
    """
    for step in path:
        if found is None:
            return None
        if isinstance(step, str):
            found = found.get(step) if isinstance(found, dict) else None
        elif isinstance(found, list) and step < len(found):
            found = found[step]
        else:
            raise RowError(1216, "Invalid JSONPath format: Not an array or index out of range.")
    return found


def _ignoring_case(found: dict[str, Any], names: Sequence[str]) -> list[Any]:
    folded = {key.lower(): value for key, value in reversed(found.items())}
    return [folded.get(name.lower()) for name in names]
