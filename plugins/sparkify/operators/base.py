"""What the operators share: a labelled session in the run's search path, its errors, its end when killed.

The query of the schemas stands here, and not in a file: this room is generic, and ``sql/`` is the project's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, BaseOperatorLink
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from sparkify.hooks.errors import describe, is_database_error, is_transient, next_step, sqlstate, step_if_it_persists
from sparkify.hooks.locks import LOCK_WAIT_SECONDS
from sparkify.hooks.refusal import RunRefusedError
from sparkify.hooks.statement_log import StatementLog
from sparkify.operators.links import WarehouseLink, console_of
from sparkify.templated import Templated

if TYPE_CHECKING:
    import jinja2
    from airflow.sdk import Context

    from sparkify.hooks.warehouse import WarehouseSession

log = logging.getLogger(__name__)

#: SQLSTATE of a table that does not exist.
_NO_TABLE = "42P01"


class WarehouseOperator(BaseOperator):
    """Base of the operators that run statements on the warehouse.

    :param redshift_conn_id: Airflow connection of type ``redshift`` or ``postgres``.
    :param aws_conn_id: Airflow connection of type ``aws``, for S3 and for logins to the warehouse by IAM.
    :param search_path: schemas in which unqualified names are looked up, in order; the run's staging schema
        comes first. Set as the first statement of every session.
    :param lock_wait_seconds: how long a transaction waits for the writers' lock before the task fails, to be retried,
        and names who holds it.
    :param sql_values: the values of the ``:name`` places in the operator's SQL, which become literals; see
        :func:`~sparkify.hooks.sql_text.put_values`.
    """

    template_fields: Sequence[str] = ("search_path",)
    #: What the operator may link to, see :attr:`operator_extra_links`.
    links: tuple[BaseOperatorLink, ...] = (WarehouseLink(),)

    def __init__(
        self,
        *,
        redshift_conn_id: str = "redshift_default",
        aws_conn_id: str | None = "aws_default",
        search_path: Sequence[str] = ("public",),
        lock_wait_seconds: float = LOCK_WAIT_SECONDS,
        sql_values: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.redshift_conn_id = redshift_conn_id
        self.aws_conn_id = aws_conn_id
        self.search_path = search_path
        self.lock_wait_seconds = lock_wait_seconds
        self.sql_values = dict(sql_values or {})
        self._sessions: list[WarehouseSession] = []
        self._has_connected = False
        self._statement_log = StatementLog()
        #: What the task counted, once it has.
        self.counts: Mapping[str, Any] = {}

    @property
    def operator_extra_links(self) -> tuple[BaseOperatorLink, ...]:  # type: ignore[override]
        """The task's links. Once it has run, without one to a console that its warehouse is not in.

        Airflow keeps every link by a request to the API server, which costs as much as most of a task's statements.
        """
        if not self._has_connected or console_of(self.redshift_conn_id):
            return self.links
        return tuple(link for link in self.links if not isinstance(link, WarehouseLink))

    @contextmanager
    def session(self, context: Context) -> Iterator[WarehouseSession]:
        """Open the task's session; while the block runs, ``on_kill`` cancels what it runs.

        :raises AirflowFailException: for an error that a retry cannot heal; others pass as they are.
        """
        try:
            with self.further_session(context) as session:
                yield session
        except AirflowException:
            raise
        except Exception as error:
            if is_transient(error):
                step = step_if_it_persists(error)
                log.warning("%s failed, a later try can succeed: %s. %s", self.task_id, describe(error), step)
                raise
            # The pipeline's own message is enough; the exception behind it would only hide it in the log.
            raise AirflowFailException(self._explain(error)) from (error if _is_foreign(error) else None)
        finally:
            self._statement_log.write(log)

    @contextmanager
    def further_session(self, context: Context) -> Iterator[WarehouseSession]:
        """Open a session in addition to the task's own, which is cancelled with it; errors are not wrapped."""
        from sparkify.hooks.warehouse import WarehouseHook

        hook = WarehouseHook(self.redshift_conn_id, self.aws_conn_id)
        with hook.session(
            search_path=self.search_path,
            label=self.query_label(context),
            statements=self._statement_log,
            lock_wait_seconds=self.lock_wait_seconds,
        ) as session:
            self._has_connected = True
            self._sessions.append(session)
            try:
                yield session
            finally:
                self._sessions.remove(session)

    def _explain(self, error: Exception) -> str:
        if not _is_foreign(error):
            return f"{self.task_id} failed: {str(error) or type(error).__name__}"
        text = f"{self.task_id} failed: {describe(error)}"
        gone = self._missing_schemas() if sqlstate(error) == _NO_TABLE else []
        if gone:
            return (
                f"{text.rstrip('.')}: there is no schema {', '.join(gone)}, of which a run's own ends with the run; "
                "clear the run's first task and downstream, not this task alone."
            )
        return f"{text.rstrip('.')}: {next_step(error)} (connection {self.redshift_conn_id!r}), then clear the task."

    def _missing_schemas(self) -> list[str]:
        """Return the schemas of the search path that do not exist, as far as the warehouse can still be asked."""
        from sparkify.hooks.warehouse import WarehouseHook

        with suppress(Exception), WarehouseHook(self.redshift_conn_id, self.aws_conn_id).session() as session:
            found = {row[0] for row in session.rows("SELECT nspname FROM pg_namespace")}
            return [schema for schema in self.search_path if schema not in found]
        return []

    def render_template_fields(self, context: Context, jinja_env: jinja2.Environment | None = None) -> None:
        """Render the templates.

        :raises RunRefusedError: when one cannot be rendered, for instance because the run's params make no sense: no
            retry changes that.
        """
        try:
            super().render_template_fields(context, jinja_env)
        except AirflowException:
            raise
        except Exception as error:
            log.info("::endgroup::")  # Airflow's "Pre Execute", which the UI shows folded, with the error in it
            # The message is enough; the template engine's stack would only hide it in the log.
            raise RunRefusedError(f"{self.task_id} cannot start: {error}") from None

    @property
    def sql_folders(self) -> tuple[str, ...]:
        """The folders below which the DAG has its SQL files."""
        has_dag: bool = self.has_dag()  # type: ignore[no-untyped-call]
        searched = (self.dag.template_searchpath if has_dag else None) or ()
        return (searched,) if isinstance(searched, str) else tuple(searched)

    def render_template(
        self,
        content: Any,
        context: Context,
        jinja_env: jinja2.Environment | None = None,
        seen_oids: set[int] | None = None,
    ) -> Any:
        """Render a value. A value object is left as it is, and a rendered copy is returned."""
        if isinstance(content, Templated):
            return content.rendered(lambda value: self.render_template(value, context, jinja_env, seen_oids))
        return super().render_template(content, context, jinja_env, seen_oids)

    def on_kill(self) -> None:
        """Cancel all running statements, so that a killed task does not go on in the warehouse."""
        for session in list(self._sessions):
            with suppress(Exception):  # the session may have ended by itself
                session.cancel()

    def query_label(self, context: Context) -> str:
        """Return the query group under which the warehouse's history lists the task's statements."""
        ti = context["ti"]
        return f"{ti.dag_id}/{ti.task_id}/{ti.run_id}"

    def publish_counts(self, context: Context, counts: Mapping[str, Any]) -> None:
        """Attach the counts to the asset events of the task's outlets, for the DAGs scheduled on them."""
        self.counts = dict(counts)
        for outlet in self.outlets:
            context["outlet_events"][outlet].extra = dict(counts)


def _is_foreign(error: Exception) -> bool:
    """Return whether a driver or a client library raised it; the pipeline's own errors already say what to do."""
    return sqlstate(error) is not None or is_database_error(error)
