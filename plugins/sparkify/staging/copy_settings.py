"""How a staging operator runs COPY, and how many lines COPY may reject."""

from __future__ import annotations

from dataclasses import dataclass

from sparkify.staging.copy_statement import MAX_MAXERROR
from sparkify.templated import Templated


@dataclass(frozen=True)
class CopySettings(Templated):
    """How COPY is run.

    :param role: ARN of the role that the warehouse uses to read S3, or ``default``. An ``aws`` connection with
        ``"copy_with_static_keys": true`` in its extra has its own keys used instead, kept out of the log.
    :param manifest_bucket: bucket for manifests and JSONPaths, which are removed after success; empty: the source's.
    :param manifest_prefix: folder for them.
    :param parallel_copies: partitions staged in parallel, each on its own connection.
    :raises ValueError: when fewer than one partition is to be staged in parallel.
    """

    template_fields = ("role", "manifest_bucket", "manifest_prefix")

    role: str | None = "default"
    manifest_bucket: str = ""
    manifest_prefix: str = "manifests"
    parallel_copies: int = 4

    def __post_init__(self) -> None:
        if self.parallel_copies < 1:
            raise ValueError(f"parallel_copies is {self.parallel_copies}: set it to 1 or more.")


@dataclass(frozen=True)
class RejectLimit:
    """How many lines of a partition may be rejected, and kept with the reason, before the partition fails.

    :param max_rejected: lines.
    :param max_rejected_share: the share of the partition's lines, 0 to 1; the stricter of the two holds.
    :raises ValueError: when one is out of range.
    """

    max_rejected: int = 0
    max_rejected_share: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.max_rejected < MAX_MAXERROR:
            raise ValueError(f"max_rejected is {self.max_rejected}; COPY can put aside 0 to {MAX_MAXERROR - 1:,} rows.")
        check_share("max_rejected_share", self.max_rejected_share)


def check_share(name: str, share: float) -> float:
    """Return a share.

    :param name: what it is called.
    :raises ValueError: when it is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"{name} is {share}; set it to a number from 0 to 1.")
    return share
