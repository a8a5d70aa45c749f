"""UNLOAD to S3: rows become files.

``Unload`` takes the rows and ends with what it wrote. It knows nothing of sessions.
"""

from local_redshift.unload.model import ResultColumn, WrittenFile
from local_redshift.unload.unload import Unload

__all__ = ["ResultColumn", "Unload", "WrittenFile"]
