"""The form that the query of a view WITH NO SCHEMA BINDING takes for the types that Redshift gives its expressions.

Contract: pure. PostgreSQL prints the query's tree when ``redshift_catalog.show_tree_of`` is called, among the trees of
that function's own statements.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from itertools import pairwise

from local_redshift.expression_types import Catalog
from local_redshift.query_tree.nodes import Node
from local_redshift.session.analysis import Analysis
from local_redshift.statements.model import MadeFrom
from local_redshift.typed_sql.columns import declare_columns
from local_redshift.typed_sql.values import scaled

log = logging.getLogger(__name__)

#: What shows the tree of a query; the query follows in brackets.
SHOW_TREE = "SELECT redshift_catalog.show_tree_of"

#: What the function puts before the query, and what its own tree has; the query's is the next.
_BEFORE, _PREPARE = "PREPARE redshift_analysis AS ", b"{PREPARESTMT"


def tree_among(trees: Sequence[bytes]) -> Node | None:
    """Return the tree of a view's query; None when there is none that can be read.

    :param trees: what PostgreSQL printed, in its order.
    """
    following = (after for before, after in pairwise(trees) if _PREPARE in before)
    return Analysis(next(following, b"")).tree


def typed_query(definition: str, tree: Node, catalog: Catalog) -> str | None:
    """Return the query with the types of its expressions; None when they cannot be inferred.

    :param definition: the query.
    :param tree: its analyzed tree.
    :param catalog: names the tree's functions.
    """
    analyzed = " " * len(_BEFORE) + definition
    try:
        query = scaled(analyzed, tree, catalog).lstrip()
        return declare_columns(MadeFrom("", definition, analyzed), query, tree, catalog)
    except RecursionError:
        log.warning("A view is nested too deep to infer its types: %.200s", definition)
        return None
