"""The result of planning a script. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from local_redshift.wire.errors import RedshiftError


class StatementKind(Enum):
    """What the server does with a statement."""

    #: Send ``sql`` to PostgreSQL.
    PASS = "pass"  # noqa: S105 - no password
    #: Load from S3, as ``copy`` says.
    COPY = "copy"
    #: Write to S3, as ``unload`` says.
    UNLOAD = "unload"
    #: Send ``sql``, then commit: https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNCATE.html
    TRUNCATE = "truncate"
    #: Send ``sql``, which PostgreSQL refuses in a transaction block as Redshift does.
    NOT_IN_TRANSACTION = "not in transaction"
    #: Send ``sql``, a stand-in for a command that PostgreSQL does not have, and answer with ``tag``.
    STANDS_IN = "stands in"
    #: Answer with ``tag``: PostgreSQL has no work for it.
    NOOP = "noop"


@dataclass(frozen=True)
class CopyStatement:
    """A COPY from S3: https://docs.aws.amazon.com/redshift/latest/dg/r_COPY.html

    :param source: ``s3://bucket/prefix``, or the manifest's address with ``manifest``.
    :param columns: the column list, None when the statement has none.
    :param format: ``text``, ``csv``, ``fixedwidth``, ``json`` or ``parquet``.
    :param json_option: ``auto``, ``auto ignorecase``, ``noshred`` or the address of a JSONPaths file.
    :param compression: ``gzip``, ``bzip2`` or ``zstd``; None for plain objects.
    :param delimiter: what separates fields; None for the format's own.
    :param widths: of the fields of ``fixedwidth``, in characters.
    :param ignore_header: number of lines to skip at the start of each object.
    :param null_as: the field that means NULL.
    :param max_error: MAXERROR as written; see the COPY module for what it allows.
    """

    schema: str | None
    table: str
    columns: tuple[str, ...] | None
    source: str
    iam_role: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None
    session_token: str | None = None
    region: str | None = None
    manifest: bool = False
    format: str = "text"
    json_option: str = "auto"
    compression: str | None = None
    delimiter: str | None = None
    quote: str = '"'
    widths: tuple[int, ...] = ()
    escape: bool = False
    remove_quotes: bool = False
    fill_record: bool = False
    ignore_blank_lines: bool = False
    ignore_header: int = 0
    null_as: str = r"\N"
    trim_blanks: bool = False
    round_decimals: bool = False
    time_format: str | None = None
    date_format: str | None = None
    accept_any_date: bool = False
    max_error: int = 0
    empty_as_null: bool = False
    blanks_as_null: bool = False
    truncate_columns: bool = False
    accept_inv_chars: str | None = None
    no_load: bool = False
    explicit_ids: bool = False
    comp_update: bool = True
    stat_update: bool = True


@dataclass(frozen=True)
class UnloadStatement:
    """An UNLOAD to S3: https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html

    :param query: the query whose rows are written.
    :param access: the address, ``s3://bucket/prefix``, and the credentials, as COPY has them.
    :param format: ``text``, ``csv``, ``fixedwidth``, ``json`` or ``parquet``.
    :param partition_by: columns whose values make the folders; ``include`` keeps them in the files too.
    :param widths: of the fields of ``fixedwidth`` by column, in characters.
    :param max_file_size: bytes after which another file is begun.
    :param manifest: ``plain``, ``verbose`` or None.
    :param extension: what file names end with; None for what the format and the compression have.
    """

    query: Statement
    access: CopyStatement
    format: str = "text"
    compression: str | None = None
    delimiter: str | None = None
    widths: tuple[tuple[str, int], ...] = ()
    header: bool = False
    add_quotes: bool = False
    escape: bool = False
    null_as: str | None = None
    partition_by: tuple[str, ...] = ()
    include: bool = False
    manifest: str | None = None
    allow_overwrite: bool = False
    clean_path: bool = False
    parallel: bool = True
    max_file_size: int = 6_200 * 1024 * 1024
    extension: str | None = None


@dataclass(frozen=True)
class MadeFrom:
    """A statement that makes a table or a view of a query, in parts.

    :param head: what stands before the query, as PostgreSQL is sent it.
    :param query: the query.
    :param analyzed: the query by itself, at the place that it has in the statement as it is sent otherwise.
    :param table: the table's name by its parts; empty for a view.
    :param columns: the names that the statement gives the columns.
    """

    head: str
    query: str
    analyzed: str
    table: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class InnerQuery:
    """A query inside of a statement that is analyzed by itself.

    :param head: what stands before it, as PostgreSQL is sent it.
    :param query: the query.
    :param tail: what stands after it.
    :param types: the count and types of its parameters, as they stand in a Parse.
    """

    head: str
    query: str
    tail: str = ""
    types: bytes = b"\0\0"


@dataclass(frozen=True)
class Statement:
    """One statement of a script.

    :param kind: what to do with it.
    :param original: its text as the client wrote it.
    :param sql: the PostgreSQL text to send.
    :param tag: command tag of a ``NOOP``, or of what ``sql`` stands for.
    :param copy: the load of a ``COPY``.
    :param unload: what an ``UNLOAD`` writes.
    :param lateral_aliases: names that mean an alias of the same SELECT list, unless FROM has such a column; see
        ``statements.queries.lateral_aliases``.
    :param query: what EXPLAIN takes of it, when that is not ``sql``.
    :param relation: a table whose columns are needed before the statement can be planned.
    :param makes: the query whose columns become those of a table or a view.
    :param inner: a query inside of it whose values may depend on the scales of decimals.
    :param is_correlated: whether it may have a correlated subquery.
    :param has_typed_values: whether its values may depend on the scales of decimals.
    :param has_typed_results: whether the client gets columns whose types have to be inferred.
    :param warnings: what Redshift would have refused.
    """

    kind: StatementKind
    original: str
    sql: str
    tag: str | None = None
    copy: CopyStatement | None = None
    unload: UnloadStatement | None = None
    lateral_aliases: tuple[str, ...] = ()
    query: str | None = None
    relation: str | None = None
    makes: MadeFrom | None = None
    inner: InnerQuery | None = None
    is_correlated: bool = False
    has_typed_values: bool = False
    has_typed_results: bool = False
    warnings: tuple[RedshiftError, ...] = ()

    @property
    def needs_names(self) -> bool:
        """Whether names in it have to be looked up before it can be sent."""
        return bool(self.lateral_aliases) or self.relation is not None

    @property
    def needs_types(self) -> bool:
        """Whether the types of its expressions have to be known before it can be sent."""
        is_made = self.makes is not None or self.inner is not None
        return self.has_typed_values or self.has_typed_results or is_made
