"""Where a task's try keeps the files that tell COPY what to read: manifests and a JSONPaths file."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore

log = logging.getLogger(__name__)

_UNSAFE = re.compile(r"[^A-Za-z0-9_.=-]")


class ManifestFolder:
    """A folder that no other try writes to; the source itself may be read-only.

    :param store: S3.
    :param bucket: the folder's bucket.
    :param prefix: the folder above it.
    :param names: whose the files are, such as DAG, run and task.
    :param try_number: of the task, from 1; a later try also removes what killed ones left.
    """

    def __init__(
        self, store: ObjectStore, bucket: str, prefix: str, names: Sequence[str], *, try_number: int = 1
    ) -> None:
        parts = [*prefix.strip("/").split("/"), *(_UNSAFE.sub("_", name) for name in names)]
        self.store = store
        self.bucket = bucket
        self._all_tries = "/".join(filter(None, parts))
        self.path = f"{self._all_tries}/{try_number}/{uuid.uuid4().hex[:8]}"
        self._has_predecessors = try_number > 1
        self._keys: dict[str, None] = {}

    def put(self, name: str, content: bytes) -> str:
        """Write a file and return its URI."""
        key = f"{self.path}/{_UNSAFE.sub('_', name)}"
        self._keys[key] = None
        return self.store.put(self.bucket, key, content)

    def remove(self) -> None:
        """Remove the files. One that cannot be removed does not fail a load that has succeeded."""
        try:
            if self._has_predecessors:
                self._keys |= dict.fromkeys(
                    item.key for item in self.store.list_objects(self.bucket, f"{self._all_tries}/")
                )
            self.store.delete(self.bucket, list(self._keys))
        except Exception as error:
            log.warning("Files were left in s3://%s/%s: %s", self.bucket, self.path, error)
