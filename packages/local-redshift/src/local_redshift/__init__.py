"""A Redshift server for one machine: the wire protocol, Redshift's SQL and COPY from S3, over PostgreSQL.

Public are the names of ``__all__``, and the modules :mod:`local_redshift.s3`, :mod:`local_redshift.postgres`,
:mod:`local_redshift.scans`, :mod:`local_redshift.documented`, :mod:`local_redshift.testing` and
:mod:`local_redshift.supervision`, each with an ``__all__`` of its own. Everything else may change in any version.

Contract: importing this package loads nothing; a name is loaded when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local_redshift.exceptions import LocalRedshiftError, StartError
    from local_redshift.redshift_server import RedshiftServer
    from local_redshift.settings import Isolation, S3Settings, Settings, Tls

__all__ = [
    "Isolation",
    "LocalRedshiftError",
    "RedshiftServer",
    "S3Settings",
    "Settings",
    "StartError",
    "Tls",
]

_MODULES = {
    "exceptions": ("LocalRedshiftError", "StartError"),
    "redshift_server": ("RedshiftServer",),
    "settings": ("Isolation", "S3Settings", "Settings", "Tls"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
