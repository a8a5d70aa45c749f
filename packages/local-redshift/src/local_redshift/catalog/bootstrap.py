"""Reads the catalog's SQL files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from local_redshift.statements.tokens.lexer import split, tokenize

#: In the order of their dependencies.
_FILES = (
    "settings",
    "hidden_functions",
    "tables",
    "session_functions",
    "query_trees",
    "operator_helper",
    "date_functions",
    "date_parts",
    "date_comparisons",
    "date_formats",
    "time_types",
    "string_functions",
    "number_functions",
    "decimals",
    "hash_functions",
    "aggregates",
    "window_functions",
    "operators",
    "trailing_blanks",
    "string_arguments",
    "json_functions",
    "table_keys",
    "declared_types",
    "table_storage",
    "subquery_indexes",
    "column_attributes",
    "definitions",
    "late_binding_views",
    "late_binding_reads",
    "table_append",
    "roles",
    "procedure_transactions",
    "load_views",
    "query_views",
    "activity_views",
    "unload_views",
    "schema_views",
    "pg_views",
    "hiding_views",
    "driver_views",
    "show_views",
    "routine_views",
    "privilege_views",
    "cluster_views",
    "materialized_views",
    "earlier_versions",
    "conversions",
    "teradata_functions",
)

#: Until the transaction ends: a superuser may put objects into pg_catalog, strings are read as in sessions, and what
#: follows clients' statements does not follow these.
#: https://www.postgresql.org/docs/current/runtime-config-developer.html#GUC-ALLOW-SYSTEM-TABLE-MODS
_FIRST = (
    "SET LOCAL allow_system_table_mods = on",
    "SET LOCAL standard_conforming_strings = off",
    "SET LOCAL event_triggers = off",
)


#: Drops the views of an older version, whose columns CREATE OR REPLACE VIEW may not be able to change. Objects of
#: PostgreSQL's own have lower numbers: https://www.postgresql.org/docs/current/system-catalog-initial-data.html
_DROP_VIEWS = """
DO $$
DECLARE
    old regclass;
BEGIN
    FOR old IN
        SELECT c.oid
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind = 'v' AND c.oid >= 16384 AND n.nspname IN ('pg_catalog', 'redshift_catalog')
    LOOP
        IF EXISTS (SELECT FROM pg_class AS c WHERE c.oid = old) THEN
            EXECUTE format('DROP VIEW %s CASCADE', old);
        END IF;
    END LOOP;
END
$$
"""


def bootstrap(*, recreate: bool = False) -> tuple[str, ...]:
    """Return the statements that make the catalog, for a superuser to run in one transaction.

    :param recreate: drop the views that are there before.
    """
    return (*_FIRST, _DROP_VIEWS, *_statements()) if recreate else (*_FIRST, *_statements())


@cache
def _statements() -> tuple[str, ...]:
    folder = Path(__file__).parent
    return tuple(text for name in _FILES for text in _split(folder / f"{name}.sql"))


def _split(path: Path) -> list[str]:
    script = path.read_text(encoding="utf-8")
    return [script[tokens[0].start : tokens[-1].end] for tokens in split(tokenize(script))]
