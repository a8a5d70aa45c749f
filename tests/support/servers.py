"""What the integration tests share about the servers they start."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from local_redshift import S3Settings, Settings
from local_redshift.s3 import S3Server

#: Any role will do: the local S3 knows one key.
ROLE = "arn:aws:iam::123456789012:role/redshift-copy"


@dataclass(frozen=True)
class Bucket:
    """A bucket of the local S3, to put objects into."""

    name: str
    client: Any

    def put(self, key: str, body: bytes | str) -> str:
        """Put an object and return its address."""
        raw = body.encode() if isinstance(body, str) else body
        self.client.put_object(Bucket=self.name, Key=key, Body=raw)
        return f"s3://{self.name}/{key}"

    def put_json(self, key: str, rows: Iterable[Any]) -> str:
        """Put rows as lines of JSON, compressed when the key ends with .gz; return the address."""
        raw = "\n".join(json.dumps(row) for row in rows).encode()
        return self.put(key, gzip.compress(raw) if key.endswith(".gz") else raw)

    def put_manifest(self, key: str, addresses: Iterable[str]) -> str:
        """Put a manifest of mandatory entries and return its address."""
        entries = [{"url": address, "mandatory": True} for address in addresses]
        return self.put(key, json.dumps({"entries": entries}))


def redshift_settings(folder: Path, s3: S3Server, **changes: Any) -> Settings:
    """Return settings of a local Redshift on a free port that reads from the S3 server."""
    access = S3Settings(s3.endpoint, "us-east-1", s3.access_key_id, s3.secret_access_key)
    return Settings(**{"folder": folder, "port": 0, "s3": access} | changes)


class SourceBucket(Bucket):
    """The bucket that the DAG loads from."""

    def put_events(self, hour: datetime, events: Iterable[Any], name: str = "events.json.gz") -> str:
        """Put a file of events, or of lines given as text, into an hour's partition, and return its address."""
        lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
        return self.put(f"log_data/{hour:%Y/%m/%d/%H}/{name}", gzip.compress("\n".join(lines).encode()))
