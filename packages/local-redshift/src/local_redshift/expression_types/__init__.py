"""The types that Redshift gives expressions, inferred from PostgreSQL's analyzed query trees.

Contract: pure.
"""

from local_redshift.expression_types.given import given_types
from local_redshift.expression_types.model import RedshiftType
from local_redshift.expression_types.trees import column_names
from local_redshift.expression_types.typer import Catalog, Typer, column_types

__all__ = ["Catalog", "RedshiftType", "Typer", "column_names", "column_types", "given_types"]
