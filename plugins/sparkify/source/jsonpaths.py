"""JSONPaths files, which tell COPY where each column is in a line. Pure.

COPY takes the n-th path for the n-th column of its list. JSON 'auto' would match lower-case keys only.
https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-json.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_STEP = re.compile(r"\.(\w+)|\[(?:'([^']*)'|\"([^\"]*)\"|(\d+))\]")


def encode_jsonpaths(columns: Mapping[str, str]) -> bytes:
    """Return the content of a JSONPaths file.

    :param columns: column → JSONPath, in the order of COPY's column list.
    """
    return json.dumps({"jsonpaths": list(columns.values())}, indent=1, ensure_ascii=False).encode()


def first_key(path: str) -> str:
    """Return the outermost key of a path; a line without this key has nothing at the path.

    :raises ValueError: when the path names none.
    """
    step = _STEP.match(path.removeprefix("$"))
    if step is None or step[4]:
        raise ValueError(f"{path!r} is not a JSONPath to a key of an object: write it as in $['userId'].")
    return step[1] or step[2] or step[3]


def only_key(path: str) -> str | None:
    """Return the key of a path that is one key of the outermost object, ``None`` for any other path."""
    step = _STEP.fullmatch(path.removeprefix("$"))
    return (step[1] or step[2] or step[3]) if step else None


def find_field(line: bytes, path: str) -> Any:
    """Return the value that a line has at a path, to show what COPY could not load.

    :param line: one JSON object as it is in the file.
    :param path: a path in dot or bracket notation.
    :raises LookupError: when the line is not JSON or has nothing there.
    """
    steps = list(_STEP.finditer(path.removeprefix("$")))
    try:
        value = json.loads(line)
        for step in steps:
            dotted, single, double, index = step.groups()
            value = value[int(index)] if index is not None else value[dotted or single or double]
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise LookupError(f"{path} is not in the line: {error}") from error
    return value
