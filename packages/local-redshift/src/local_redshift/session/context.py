"""What one session has: its two connections, what it shares with others, and what it knows of itself.

Contract: values only. What a session does with them is for the modules that take a ``SessionContext``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field

from local_redshift.copy.workers import CopyWorkers
from local_redshift.history.queries import ClientInfo, QueryLog
from local_redshift.history.writer import HistoryWriter
from local_redshift.session.backend import BackEnd
from local_redshift.session.catalog_names import FunctionNames
from local_redshift.session.error_translation import ErrorTranslator
from local_redshift.session.last_queries import LastQueries
from local_redshift.session.late_binding import LateBindingViews
from local_redshift.session.subquery_indexes import SubqueryIndexes
from local_redshift.session.typed_cache import CatalogChanges, TypedCache
from local_redshift.settings import S3Settings
from local_redshift.wire.transport import Peer


@dataclass(frozen=True)
class Services:
    """What all sessions of a server share.

    :param s3: how COPY and UNLOAD reach S3.
    :param lenient: whether what only PostgreSQL has is warned of instead of refused.
    :param history: writes what COPYs and UNLOADs did.
    :param queries: the log of the statements that ran.
    :param copy_threads: where COPY and UNLOAD read, convert and write.
    :param copy_workers: the processes that convert much data for COPY.
    :param late_binding: the views that are bound when they are read.
    :param subquery_indexes: lets correlated subqueries find their rows.
    :param next_query_id: returns the next query id.
    :param translate_error: turns an error of PostgreSQL into Redshift's.
    :param functions: the names of functions by their numbers.
    :param catalog_changes: counts what may change the meaning of names.
    """

    s3: S3Settings
    lenient: bool
    history: HistoryWriter
    queries: QueryLog
    copy_threads: Executor
    copy_workers: CopyWorkers
    late_binding: LateBindingViews
    subquery_indexes: SubqueryIndexes
    next_query_id: Callable[[], int]
    translate_error: ErrorTranslator
    functions: FunctionNames = field(default_factory=FunctionNames)
    catalog_changes: CatalogChanges = field(default_factory=CatalogChanges)


@dataclass
class SessionContext:
    """What one session has.

    :param services: what it shares with other sessions.
    :param client: the client's end.
    :param backend: its back end.
    :param last_queries: its last query, COPY and UNLOAD.
    :param info: who the client is.
    :param cancel_requested: set when the client has asked to cancel what runs.
    :param typed: what is known of the types of its statements.
    """

    services: Services
    client: Peer
    backend: BackEnd
    last_queries: LastQueries
    info: ClientInfo = field(default_factory=ClientInfo)
    cancel_requested: asyncio.Event = field(default_factory=asyncio.Event)
    typed: TypedCache = field(init=False)

    def __post_init__(self) -> None:
        """Follow what changes the meaning of names."""
        self.typed = TypedCache(self.services.catalog_changes)
        self.backend.follow(self.typed.path_changed, self.typed.end)
