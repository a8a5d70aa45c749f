"""The error that the server itself reports to a client, in the fields of PostgreSQL's protocol."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class RedshiftError(Exception):
    """An error as Redshift reports it.

    :param sqlstate: five characters: https://www.postgresql.org/docs/current/errcodes-appendix.html
    :param message: the one-line text.
    :param detail: what else Redshift prints.
    :param hint: what to do about it.
    :param position: place in the statement's text, from 1.
    """

    sqlstate: str
    message: str
    detail: str | None = None
    hint: str | None = None
    position: int | None = None

    def __str__(self) -> str:
        return self.message
