"""The pipeline's SQL files, as the runner asks them with psycopg."""

from __future__ import annotations

import re

from local.runner.settings import ROOT

#: The place of a value: a name after a colon, which is neither a part of a cast nor of a time.
_PLACE = re.compile(r"(?<![:\w]):([a-z_]\w*)\b")


def query(name: str) -> bytes:
    """Return a query with its places as psycopg has them, ``%(name)s``.

    Execute it with values, even if there are none: psycopg reads ``%%`` as a percent sign only then.

    :param name: the file, below ``sql/``.
    """
    text = (ROOT / "sql" / name).read_text(encoding="utf-8")
    return _PLACE.sub(r"%(\1)s", text.replace("%", "%%")).encode()
