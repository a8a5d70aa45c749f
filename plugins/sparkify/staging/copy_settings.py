"""How a staging operator runs COPY, and how many lines COPY may reject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sparkify.staging.copy_statement import CopyOptions, StaticKeys, check_max_rejected
from sparkify.templated import Templated

if TYPE_CHECKING:
    from sparkify.hooks.object_store import ObjectStore


@dataclass(frozen=True)
class CopySettings(Templated):
    """How COPY is run.

    :param role: ARN of the role that the warehouse uses to read S3, or ``default``. An ``aws`` connection with
        ``"copy_with_static_keys": true`` in its extra has its own keys used instead, kept out of the log; only with
        such a connection may the role be ``None``.
    :param manifest_bucket: bucket for manifests and JSONPaths, which are removed after success; empty: the source's.
    :param manifest_prefix: folder for them.
    :param parallel_copies: partitions staged in parallel, each on its own connection.
    :raises ValueError: when the role is empty, or fewer than one partition is to be staged in parallel.
    """

    template_fields = ("role", "manifest_bucket", "manifest_prefix")

    role: str | None = "default"
    manifest_bucket: str = ""
    manifest_prefix: str = "manifests"
    parallel_copies: int = 4

    def __post_init__(self) -> None:
        if self.role is not None and not self.role.strip():
            raise ValueError("role is empty: set it to the ARN of an IAM role attached to the warehouse, or 'default'.")
        if self.parallel_copies < 1:
            raise ValueError(f"parallel_copies is {self.parallel_copies}: set it to 1 or more.")

    def options(
        self, store: ObjectStore, *, region: str | None = None, json: str = "auto", max_rejected: int = 0
    ) -> CopyOptions:
        """Return the options of a COPY from a bucket.

        :param store: S3; its connection says whether its own keys are used in the role's place.
        :param region: the bucket's region; none: the warehouse's own.
        :param json: ``auto``, or the S3 URI of a JSONPaths file.
        :param max_rejected: rows that COPY may put aside.
        :raises ValueError: when there is neither a role nor keys.
        """
        keys = StaticKeys(*store.frozen_credentials()) if store.wants_static_keys else None
        return CopyOptions(self.role, keys, region or None, json, max_rejected)


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
        check_max_rejected(self.max_rejected)
        check_share("max_rejected_share", self.max_rejected_share)


def check_share(name: str, share: float) -> float:
    """Return a share.

    :param name: what it is called.
    :raises ValueError: when it is not between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"{name} is {share}; set it to a number from 0 to 1.")
    return share
