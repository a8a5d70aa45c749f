"""Makes late-binding views fit what they read, before a statement that reads them is sent.

Contract: uses the client's session, which sends nothing else in the meantime. The server's own connection does what it
can by what is committed (``late_binding``); the session itself does the rest, by what it has changed and not committed.
"""

from __future__ import annotations

from collections.abc import Sequence

from local_redshift.session.analysis import printed_trees
from local_redshift.session.context import SessionContext
from local_redshift.session.plans import Plan
from local_redshift.session.view_types import SHOW_TREE, tree_among, typed_query

_NAME = b"redshift_binding"
_UNBOUND_HERE = "SELECT id, definition FROM redshift_catalog.unbound_here($1, $2)"
_BIND_HERE = "SELECT redshift_catalog.bind_here($1, $2, $3, $4, $5)"


def needs_binding(context: SessionContext, plan: Plan) -> bool:
    """Return whether statements may read late-binding views; learn the names of those that they create.

    :param context: the client's session.
    :param plan: the statements, which are about to be sent.
    """
    names, needs = context.services.late_binding.names, False
    for statement in plan.statements:
        names.follow(statement.original)
        needs = names.use_of(statement.original) is not None or needs
    return needs


async def bind_views(context: SessionContext, text: str) -> bytes | None:
    """Bind the views that a statement may read; return the error that the client gets if one cannot be bound.

    :param context: the client's session.
    :param text: the statement.
    """
    views = context.services.late_binding
    use = views.names.use_of(text)
    if use is None:
        return None
    unbound = await views.bind(use)
    if text[:4].upper() == "CALL":  # a procedure may commit, which nothing may stand before in its transaction
        return None
    words = None if use.words is None else _array(use.words)
    reply = await context.backend.query(_NAME, _UNBOUND_HERE, [words, _array(unbound)])
    problems: str | None = "{}"
    for view, definition in reply.rows:
        typed = await _typed(context, definition or "")
        values = [view, typed, words, _array(use.used), problems]
        reply = await context.backend.query(_NAME, _BIND_HERE, values)
        if not reply.ok:
            break
        problems = reply.rows[0][0]
    return None if reply.ok else reply.error or b""


async def _typed(context: SessionContext, definition: str) -> str | None:
    """Return a view's query with the types that its expressions have in this session; None when there are none."""
    tree = tree_among(await printed_trees(context.backend, f"{SHOW_TREE}($1)", definition))
    if tree is None or await context.services.functions.load(context.backend, tree) is not None:
        return None
    return typed_query(definition, tree, context.services.functions)


def _array(values: Sequence[str]) -> str:
    """Return texts as PostgreSQL writes an array of them."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"
