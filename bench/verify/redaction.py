"""Takes out of texts what must not be in a report, and what is named differently on each server. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_ACCOUNT = re.compile(r"arn:aws[\w-]*:[\w-]*:[\w-]*:\d{12}:[\w/+=,.@-]+")
_KEY = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")
_SHORTEST = 4


@dataclass(frozen=True)
class Redaction:
    """Replaces texts.

    :param words: what is replaced, and by what; longer ones come first.
    """

    words: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, login: Any, *, bucket: str, folder: str, role: str, database: str) -> Redaction:
        """Return what is to be taken out of what a target says.

        :param login: its Airflow connection, with the password.
        :param bucket: where its objects are.
        :param folder: the scratch folder, whose last part is the name of everything that is made.
        :param role: that COPY names.
        :param database: the scratch database.
        """
        words = {
            f"s3://{bucket}/{folder}": "{s3}",
            folder: "{folder}",
            folder.rpartition("/")[2]: "{scratch}",
            bucket: "{bucket}",
            role: "{role}" if role != "default" else "default",
            str(login.password or ""): "{password}",
            str(login.host or ""): "{host}",
            str(login.login or ""): "{user}",
        }
        # A short name such as dev would be found within other words.
        if database not in words and len(database) > _SHORTEST:
            words[database] = "{database}"
        return cls(tuple(sorted(((a, b) for a, b in words.items() if len(a) >= _SHORTEST), key=lambda w: -len(w[0]))))

    def __call__(self, text: str) -> str:
        """Return text without them."""
        for word, replacement in self.words:
            text = text.replace(word, replacement)
        return _KEY.sub("{key}", _ACCOUNT.sub("{role}", text))
