"""COPY from S3: objects become rows in PostgreSQL's text format.

The steps: ``source`` cuts an object into blocks of lines; ``conversion`` makes rows of a block, by ``columnwise`` where
that is sure to be right, else by ``records``; both convert values by ``values`` and ``times``. ``load`` runs one COPY,
``workers`` are the processes that help it.

Nothing here has a connection to PostgreSQL.
"""

from local_redshift.copy.load import CopyLoad
from local_redshift.copy.model import Column, LoadedFile, LoadError

__all__ = ["Column", "CopyLoad", "LoadError", "LoadedFile"]
