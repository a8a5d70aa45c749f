"""What UNLOAD writes: rows as files of S3.

Contract: knows nothing of sessions and of SQL. ``Unload`` takes rows and ends with what it wrote.
"""

from local_redshift.unload.model import ResultColumn, WrittenFile
from local_redshift.unload.unload import Unload

__all__ = ["ResultColumn", "Unload", "WrittenFile"]
