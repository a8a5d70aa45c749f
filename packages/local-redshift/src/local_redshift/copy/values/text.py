"""Decodes the bytes of a line as COPY does.

https://docs.aws.amazon.com/redshift/latest/dg/multi-byte-character-load-errors.html
"""

from __future__ import annotations

import re

from local_redshift.copy.model import RowError

#: White space as COPY knows it. Python counts others too, the no-break space and the separators 1C to 1F among them.
BLANKS = " \t\n\v\f\r"

_INVALID_BYTE = re.compile("[\udc80-\udcff]")


def decode(line: bytes, replacement: str | None) -> str:
    """Return a line's text.

    :param replacement: ACCEPTINVCHARS' character, which replaces each invalid byte, so that an invalid character of
        two bytes becomes two of it; None to refuse invalid bytes.
    :raises RowError: when the line is not UTF-8 and there is no replacement.
    """
    try:
        return line.decode()
    except UnicodeDecodeError as invalid:
        if replacement is None:
            code = line[invalid.start : invalid.end].hex()
            reason = f"String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: {code} (error 3)"
            raise RowError(1220, reason) from None
    return _INVALID_BYTE.sub(replacement, line.decode(errors="surrogateescape"))
