"""What a client has sent, cut into messages. No sockets.

Contract: holds no more of a message than it may be long. Of what is longer than its kind allows, data of a COPY that
nobody waits for is dropped, a statement is reported as too long once its end has come, and anything else ends the
session, as in PostgreSQL.
"""

from __future__ import annotations

from local_redshift.wire.protocol import LENGTH, MESSAGE_LIMIT, STATEMENT_LIMIT, ClientMessage, ProtocolError

#: Bytes of what stands beside a statement in a Parse: a name, and the types of parameters.
_BESIDE_STATEMENT = 256 * 1024

#: Bytes of all other messages: https://github.com/postgres/postgres/blob/master/src/include/libpq/libpq.h
_SMALL = 10_000

_STATEMENTS = {
    ClientMessage.QUERY.value: STATEMENT_LIMIT + 5,
    ClientMessage.PARSE.value: STATEMENT_LIMIT + _BESIDE_STATEMENT,
}
_LARGE = {ClientMessage.BIND.value: MESSAGE_LIMIT}
_DROPPED = frozenset((ClientMessage.COPY_DATA.value, ClientMessage.COPY_FAIL.value))


class Inbox:
    """The messages of one client.

    :ivar refused_size: the bytes of the last statement that was too long.
    """

    def __init__(self) -> None:
        self._data = b""
        self._parts: list[bytes] = []
        self._position = 0
        self._size = 0
        self._needed = 5
        self._to_skip = 0
        self._skipped_code = 0
        self.refused_size = 0

    def __len__(self) -> int:
        """Return how many bytes are kept."""
        return self._size - self._position

    def add(self, data: bytes) -> None:
        """Take bytes of the client."""
        if self._to_skip:
            skipped = min(self._to_skip, len(data))
            self._to_skip -= skipped
            data = data[skipped:]
        if data:
            self._parts.append(data)
            self._size += len(data)

    def next(self) -> bytes | None:
        """Return the next message, None when it is not complete.

        Of a statement that was too long, only its code is returned, once all of it has come.

        :raises ProtocolError: when it cannot be a message of the protocol.
        """
        while not self._to_skip:
            if self._skipped_code:
                code, self._skipped_code = self._skipped_code, 0
                if code in _STATEMENTS:
                    return bytes((code,))
            if len(self) < self._needed:
                return None
            self._join()
            code, length = self._data[self._position], LENGTH.unpack_from(self._data, self._position + 1)[0]
            if self._is_kept(code, length):
                self._needed = 1 + length
                if len(self) < self._needed:
                    return None
                return self._take(self._needed)
            self._skip(code, 1 + length)
        return None

    def _join(self) -> None:
        if self._parts:
            rest = self._data[self._position :]
            self._data = b"".join((rest, *self._parts)) if rest or len(self._parts) > 1 else self._parts[0]
            self._parts.clear()
            self._position, self._size = 0, len(self._data)

    @staticmethod
    def _is_kept(code: int, length: int) -> bool:
        """Return whether a message is kept; otherwise it is skipped."""
        if not 4 <= length <= MESSAGE_LIMIT:
            raise ProtocolError(f"A message says that it is {length} bytes long.")
        if length <= _SMALL:
            return True
        if code in _STATEMENTS:
            return length <= _STATEMENTS[code]
        if code in _DROPPED:
            return False
        if length > _LARGE.get(code, _SMALL):
            raise ProtocolError(f"A message of kind {code} says that it is {length} bytes long.")
        return True

    def _take(self, size: int) -> bytes:
        start = self._position
        self._position += size
        self._needed = 5
        message = self._data[start : self._position]
        if self._position == len(self._data) and not self._parts:
            self._data, self._position, self._size = b"", 0, 0
        return message

    def _skip(self, code: int, size: int) -> None:
        here = min(size, len(self))
        self._take(here)
        self._to_skip, self._skipped_code = size - here, code
        if code in _STATEMENTS:
            self.refused_size = size - 6
