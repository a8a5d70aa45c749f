"""The MD5 password exchange: the server asks with a salt, the client answers. Bytes in, bytes out.

Redshift asks for MD5 too, and every driver for it can answer that. The server keeps the hash of a password and the
user's name, so it can check an answer, and can answer PostgreSQL's own question in the client's place.
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP
"""

from __future__ import annotations

import hashlib
import hmac

from local_redshift.wire.protocol import LENGTH, MD5_PASSWORD, ClientMessage, ServerMessage, encode, frame

_KEPT = "md5"
SALT_SIZE = 4


def request(salt: bytes) -> bytes:
    """Return the message that asks for the password.

    :param salt: four random bytes.
    """
    return frame(ServerMessage.AUTHENTICATION, LENGTH.pack(MD5_PASSWORD) + salt)


def salt_of(message: bytes) -> bytes | None:
    """Return the salt of a message that asks for the password, None of another.

    :param message: an Authentication message.
    """
    return message[9:13] if LENGTH.unpack_from(message, 5)[0] == MD5_PASSWORD else None


def answer(kept: str, salt: bytes) -> bytes:
    """Return the answer to a request.

    :param kept: what the server keeps of the password: ``md5`` and the hash of password and user name.
    :param salt: the request's.
    """
    digest = hashlib.md5(encode(kept.removeprefix(_KEPT)) + salt, usedforsecurity=False).hexdigest()
    return frame(ClientMessage.PASSWORD, encode(_KEPT + digest) + b"\0")


def is_answer(message: bytes, kept: str | None, salt: bytes) -> bool:
    """Return whether a message is the right answer to a request.

    :param message: the client's.
    :param kept: what the server keeps of the password; None when the user has none.
    :param salt: the request's.
    """
    return kept is not None and kept.startswith(_KEPT) and hmac.compare_digest(message, answer(kept, salt))
