"""The bucket that the DAG loads from."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from local_redshift.testing import Bucket


class SourceBucket(Bucket):
    """The bucket that the DAG loads from."""

    def put_events(self, hour: datetime, events: Iterable[Any], name: str = "events.json.gz") -> str:
        """Put a file of events, or of lines given as text, into an hour's partition, and return its address."""
        lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
        return self.put(f"log_data/{hour:%Y/%m/%d/%H}/{name}", gzip.compress("\n".join(lines).encode()))
