"""COPY from S3: reading objects and turning their lines into rows. Knows no PostgreSQL connection."""

from local_redshift.copy.load import CopyLoad
from local_redshift.copy.model import Column, LoadedFile, LoadError

__all__ = ["Column", "CopyLoad", "LoadError", "LoadedFile"]
