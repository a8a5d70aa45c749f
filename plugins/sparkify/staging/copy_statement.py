"""The text of a COPY from S3. Pure.

COPY takes no bind parameters, so its values are quoted here. It never uses TRUNCATECOLUMNS or ACCEPTINVCHARS:
both change data silently. Compression analysis and statistics are left out because each takes longer than
loading an hour: https://docs.aws.amazon.com/redshift/latest/dg/copy-parameters-data-load.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sparkify.hooks.sql_text import quote_identifier, quote_literal
from sparkify.source.content import Compression

#: The largest MAXERROR that COPY accepts.
MAX_MAXERROR = 100_000


@dataclass(frozen=True)
class StaticKeys:
    """Keys for a warehouse that cannot assume a role; they never show in a repr."""

    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class CopyOptions:
    """What all COPYs of a task have in common.

    :param role: ARN of the IAM role that the warehouse uses to read S3, or ``default``.
    :param keys: static keys in the role's place.
    :param region: the bucket's region when it is not the warehouse's own.
    :param json: ``auto``, or the S3 URI of a JSONPaths file.
    :param max_rejected: rows that may be rejected before the COPY fails.
    :raises ValueError: when there is neither a role nor keys, or when ``max_rejected`` is out of range.
    """

    role: str | None = None
    keys: StaticKeys | None = None
    region: str | None = None
    json: str = "auto"
    max_rejected: int = 0

    def __post_init__(self) -> None:
        check_max_rejected(self.max_rejected)
        if self.keys is None and not self.role:
            raise ValueError(
                "COPY has no credentials: set the role of CopySettings to the ARN of an IAM role attached to the "
                "warehouse, or to 'default'."
            )


def check_max_rejected(rows: int) -> int:
    """Return how many rows COPY may put aside.

    :raises ValueError: when that is more than MAXERROR can say, or below 0.
    """
    if not 0 <= rows < MAX_MAXERROR:
        raise ValueError(f"max_rejected is {rows}; COPY can put aside 0 to {MAX_MAXERROR - 1:,} rows.")
    return rows


def build_copy(
    table: str,
    columns: Sequence[str],
    manifest_uri: str,
    options: CopyOptions,
    compression: Compression = Compression.NONE,
) -> str:
    """Return the COPY of a manifest's objects into a table.

    :param table: the table, with or without its schema.
    :param columns: the columns to load; none means those whose names the keys match (``auto``).
    :param manifest_uri: the manifest's S3 URI.
    :param compression: how the objects are compressed, all of them alike.
    """
    into = (
        f"{quote_identifier(table)} ({', '.join(map(quote_identifier, columns))})"
        if columns
        else (quote_identifier(table))
    )
    lines = [
        f"COPY {into}",
        f"FROM {quote_literal(manifest_uri)}",
        _credentials(options),
        f"FORMAT AS JSON {quote_literal(options.json)}",
        "MANIFEST",
        *([compression.value] if compression else []),
        *([f"REGION {quote_literal(options.region)}"] if options.region else []),
        *_max_error(options.max_rejected),
        "COMPUPDATE OFF",
        "STATUPDATE OFF",
    ]
    return "\n".join(lines)


def _credentials(options: CopyOptions) -> str:
    if options.keys is not None:
        keys = options.keys
        token = f" SESSION_TOKEN {quote_literal(keys.session_token)}" if keys.session_token else ""
        return (
            f"ACCESS_KEY_ID {quote_literal(keys.access_key_id)} "
            f"SECRET_ACCESS_KEY {quote_literal(keys.secret_access_key)}{token}"
        )
    return "IAM_ROLE default" if options.role == "default" else f"IAM_ROLE {quote_literal(str(options.role))}"


def _max_error(max_rejected: int) -> list[str]:
    """Return MAXERROR: COPY fails when the errors reach it, so n rejected rows need n + 1."""
    return [f"MAXERROR {max_rejected + 1}"] if max_rejected else []
