"""The log of the statements that ran: a file in PostgreSQL's data folder, one line of JSON a statement.

It is a file because system tables do not depend on transactions: a client sees its earlier queries of the same
transaction, and those that were rolled back.

Contract: statements are kept in memory and written when a query asks for them, when there are many, and at the end; a
server that is killed loses the last few. The log keeps the latest statements in two files of ``_FILE_LIMIT`` bytes.
https://docs.aws.amazon.com/redshift/latest/dg/SYS_QUERY_HISTORY.html
"""

from __future__ import annotations

import datetime
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson

from local_redshift.statements import Statement
from local_redshift.wire import server_messages
from local_redshift.wire.protocol import LENGTH, ServerMessage

log = logging.getLogger(__name__)

_FILE = "redshift_queries.jsonl"
_OLDER_FILE = "redshift_queries.older.jsonl"
_FILE_LIMIT = 8 << 20

#: Statements kept in memory before they are written.
_PENDING_LIMIT = 256

#: Characters of a statement that are kept, as many as SYS_QUERY_TEXT has bytes.
_TEXT_LIMIT = 65_535

_SECRETS = re.compile(
    r"\b(password|credentials|access_key_id|secret_access_key|session_token)(\s+(?:as\s+)?)'(?:[^'\\]|\\.|'')*'",
    re.IGNORECASE,
)
_MAY_HOLD_SECRETS = ("COPY", "UNLO", "CREA", "ALTE")
_LABEL = re.compile(r"(?:SET\s+(?:SESSION\s+|LOCAL\s+)?query_group\s*(?:TO|=)|RESET\s+query_group)\s*(.*)", re.I | re.S)
_BEGINNINGS = ("stl_", "svl_", "sys_query_")
_HISTORY = re.compile(
    r"\b(?:stl_(?:query|ddltext|utilitytext|wlm_query)|svl_(?:qlog|statementtext|mv_refresh_status)|sys_query_)"
)
_CANCELLED = "57014"


def asks_history(sql: str) -> bool:
    """Return whether a text reads what this log holds.

    A text may be an INSERT of megabytes: searching for the beginnings of the names first takes a tenth of the time.
    """
    lowered = sql.lower()
    return any(name in lowered for name in _BEGINNINGS) and _HISTORY.search(lowered) is not None


class QueryLog:
    """The log of one server.

    :param folder: PostgreSQL's data folder, from which the catalog's function reads.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE
        self._older = folder / _OLDER_FILE
        self._pending: list[dict[str, Any]] = []

    def add(self, entry: dict[str, Any]) -> None:
        """Add a statement that has ended."""
        self._pending.append(entry)
        if len(self._pending) >= _PENDING_LIMIT:
            self.write()

    def write(self) -> None:
        """Write what was added; a failure is logged, and no session fails."""
        if not self._pending:
            return
        lines = b"".join(orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE) for entry in self._pending)
        self._pending.clear()
        try:
            with self._file.open("ab") as file:
                file.write(lines)
                size = file.tell()
            self._file.chmod(0o644)  # PostgreSQL may run as another user; the folder keeps others out
            if size > _FILE_LIMIT:
                self._file.replace(self._older)
        except OSError:
            log.exception("The log of queries %s could not be written.", self._file)


@dataclass
class ClientInfo:
    """Who runs the statements of a session; filled in as the client logs in.

    :param label: what ``query_group`` is set to.
    """

    user: str = ""
    database: str = ""
    pid: int = 0
    label: str = "default"


class Recording:
    """The statements of one message, from when it is sent until they have ended.

    :param log: takes them.
    :param client: who sent the message.
    :param statements: query ids, statements and their texts.
    """

    def __init__(self, log: QueryLog, client: ClientInfo, statements: Sequence[tuple[int, Statement, str]]) -> None:
        self._log = log
        self._client = client
        self._open = list(reversed(statements))
        self._started = _now()

    def completed(self, frame: bytes) -> None:
        """Take the completion of the next statement.

        :param frame: its CommandComplete, whose tag may contain a number of rows.
        """
        if not self._open:
            return
        words = frame[5:-1].decode(errors="replace").split()
        rows = int(words[-1]) if words and words[-1].isdigit() else 0
        query_id, statement, text = self._open.pop()
        self._add_entry(query_id, statement, text, "success", rows=rows)
        _follow_label(self._client, statement.original)

    def failed(self, frame: bytes) -> None:
        """Take the error of the next statement; those after it are not run."""
        if not self._open:
            return
        fields = server_messages.parse_fields(frame)
        query_id, statement, text = self._open.pop()
        status = "canceled" if fields.get("C") == _CANCELLED else "failed"
        self._add_entry(query_id, statement, text, status, error=fields.get("M"))
        self._open.clear()

    def answered(self, frames: bytes) -> None:
        """Take the answer of a statement that the server ran itself: notices, then a completion or an error."""
        while frames[:1] and frames[0] in (ServerMessage.NOTICE, ServerMessage.NOTIFICATION):
            frames = frames[1 + LENGTH.unpack_from(frames, 1)[0] :]
        if frames[:1] and frames[0] == ServerMessage.ERROR:
            self.failed(frames)
        elif frames:
            self.completed(frames)

    def _add_entry(
        self, query_id: int, statement: Statement, text: str, status: str, *, rows: int = 0, error: str | None = None
    ) -> None:
        ended = _now()
        client = self._client
        text = _printable(text[:_TEXT_LIMIT])
        if statement.original[:4].upper() in _MAY_HOLD_SECRETS:
            text = _SECRETS.sub(r"\1\2'***'", text)
        entry = {
            "query_id": query_id,
            "user_name": client.user,
            "pid": client.pid,
            "database_name": client.database,
            "label": client.label,
            "query_type": _query_type(statement.original),
            "query_text": text,
            "start_time": self._started,
            "end_time": ended,
            "row_count": rows,
            "status": status,
            "error_message": error and _printable(error),
        }
        self._started = ended
        self._log.add(entry)


class LateRecording(Recording):
    """The recording of a Parse: the statement gets a query id only if it fails; else it gets one when it is executed.

    :param begin: gives the statement its query id.
    """

    def __init__(self, begin: Callable[[], Recording | None]) -> None:
        self._begin = begin

    def completed(self, frame: bytes) -> None:
        """Nothing has run yet."""

    def failed(self, frame: bytes) -> None:
        """Record the statement as failed."""
        recording = self._begin()
        if recording is not None:
            recording.failed(frame)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def _printable(text: str) -> str:
    """Return text that PostgreSQL's JSON can hold."""
    if "\0" in text or not text.isascii():
        return text.replace("\0", "").encode("utf-8", "replace").decode()
    return text


@lru_cache(maxsize=1024)
def _query_type(text: str) -> str:
    words = text.lstrip("(").split(None, 4)
    verb = words[0].upper() if words else ""
    if verb in ("SELECT", "WITH", "FETCH"):
        return "SELECT"
    if verb in ("INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "UNLOAD"):
        return verb
    if verb == "CREATE":
        return "CTAS" if _CTAS.match(text) else "DDL"
    return "DDL" if verb in ("ALTER", "DROP", "TRUNCATE") else "UTILITY"


_CTAS = re.compile(r"CREATE\s+(?:LOCAL\s+)?(?:TEMP(?:ORARY)?\s+)?TABLE\b.*\bAS\s*\(?\s*(?:SELECT|WITH)\b", re.I | re.S)


def _follow_label(client: ClientInfo, text: str) -> None:
    if text[:3].upper() not in ("SET", "RES"):
        return
    found = _LABEL.fullmatch(text)
    if found is not None:
        label = found[1].strip().strip("'\"")
        client.label = "default" if label.upper() in ("", "DEFAULT") else label
