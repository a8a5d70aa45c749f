"""Which tables a statement scans, and within which literals on their sort keys.

Redshift reads only the blocks whose zone maps overlap a predicate on the sort key that is a constant of the statement.
Nothing here runs when a statement does: a test, a benchmark or a system view asks about a text that ran.
https://docs.aws.amazon.com/redshift/latest/dg/t_Sorting_data.html
"""

from local_redshift.scans.catalog import read_catalog
from local_redshift.scans.model import Catalog, Kind, Scan, Span, Spans, Table
from local_redshift.scans.parsing import UnreadableStatementError
from local_redshift.scans.statement import find_scans
from local_redshift.statements.tokens.lexer import Token, split, tokenize

__all__ = [
    "Catalog",
    "Kind",
    "Scan",
    "Span",
    "Spans",
    "Table",
    "Token",
    "UnreadableStatementError",
    "find_scans",
    "read_catalog",
    "split",
    "tokenize",
]
