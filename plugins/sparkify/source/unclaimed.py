"""Finds the objects below a source's folder that belong to no partition, with few requests.

A run cannot list years of logs to load an hour. It lists only the folders on the way to its partitions
(``log_data/``, ``…/2018/``, ``…/2018/11/``, ``…/2018/11/05/``), without the content of the folders in them. An object
there that can belong to no partition is unclaimed, and so is everything in a folder there that cannot lead to one, up
to a limit. The whole source is searched in the same way, with a request for each day.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sparkify.source.data_files import UnclaimedObject, classify_objects, escape_uri, is_hidden
from sparkify.source.partitions import Layout, as_folder
from sparkify.windows import Window

if TYPE_CHECKING:
    from sparkify.hooks.object_store import Folder, ObjectStore
    from sparkify.hooks.s3_object import S3Object

#: The most objects that are named.
MOST = 1000
#: The most objects and folders that are listed directly below a folder, and objects that are looked at in a stray one.
_LISTED = 10_000
#: The most stray folders, which can belong to no partition, that are looked into.
_STRAYS = 200
_NAMED = 5
#: What to do with them.
ADVICE = (
    "rename them so that they fit (docs/loading.md has the rules), move them elsewhere, or have their names, or their "
    "folder's, begin with '_'."
)
EMPTY_ADVICE = "correct the source's prefix, or wait for files."
_NO_PARTITION = "no partition of the layout has it"


@dataclass(frozen=True)
class Unclaimed:
    """Objects below the source's folder that no load reads.

    :param objects: some of them.
    :param is_complete: whether these are all.
    :param empty_source: the source's address when there is nothing at all below it.
    """

    objects: tuple[UnclaimedObject, ...] = ()
    is_complete: bool = True
    empty_source: str = ""

    @classmethod
    def of(cls, objects: Iterable[UnclaimedObject], *, is_complete: bool = True) -> Unclaimed:
        """Return objects sorted by address, each once, and at most :data:`MOST` of them."""
        found = sorted({item.uri: item for item in objects}.values(), key=lambda item: item.uri)
        return cls(tuple(found[:MOST]), is_complete and len(found) <= MOST)

    def __add__(self, other: Unclaimed) -> Unclaimed:
        both = self.of((*self.objects, *other.objects), is_complete=self.is_complete and other.is_complete)
        return replace(both, empty_source=self.empty_source or other.empty_source)

    def __bool__(self) -> bool:
        return bool(self.objects)

    @property
    def count_text(self) -> str:
        """Their number in words: ``1 object``, ``At least 1,000 objects``."""
        noun = "object" if len(self.objects) == 1 else "objects"
        return f"{'' if self.is_complete else 'At least '}{len(self.objects):,} {noun}"

    @property
    def seen(self) -> str:
        """Their number, and the first of them with the reasons, as a sentence."""
        more = "; …" if len(self.objects) > _NAMED else ""
        noun = "is" if len(self.objects) == 1 else "are"
        return f"{self.count_text} {noun} not loaded: {'; '.join(map(str, self.objects[:_NAMED]))}{more}."

    def warn(self, log: logging.Logger) -> None:
        """Log a warning with what to do, if there are any, or if the source is empty."""
        if self.empty_source:
            log.warning("There is nothing below %s: %s", self.empty_source, EMPTY_ADVICE)
        if self:
            log.warning("%s %s", self.seen, f"{ADVICE[0].upper()}{ADVICE[1:]}")


def find_unclaimed(
    store: ObjectStore, bucket: str, layout: Layout, window: Window | None, others: Sequence[str] = ()
) -> Unclaimed:
    """Return the objects that can belong to no partition of a layout.

    :param store: S3.
    :param bucket: the source's bucket.
    :param layout: the source's layout.
    :param window: the hours whose folders are looked at, with those above them; ``None``: all.
    :param others: folders of the bucket that hold something else.
    """
    search = _Search(store, bucket, layout, [as_folder(folder) for folder in others if folder.strip("/")])
    folders = search.walk() if window is None else search.look_at(sorted(_branches(layout, window)))
    found = search.judge(folders)
    is_empty = not any(folder.objects or folder.folders for folder in folders)
    return replace(found, empty_source=f"s3://{bucket}/{layout.root}" if is_empty else "")


@dataclass(frozen=True)
class _Search:
    store: ObjectStore
    bucket: str
    layout: Layout
    others: Sequence[str]

    def look_at(self, branches: Sequence[str]) -> list[Folder]:
        """List folders, given by their keys below the root."""
        return self.store.list_folders(self.bucket, [self.layout.root + branch for branch in branches], _LISTED)

    def walk(self) -> list[Folder]:
        """List all branches, level by level."""
        found, level = [], [""]
        while level:
            listed = self.look_at(level)
            found += listed
            paths = [self._path(folder) + name for folder in listed for name in folder.folders]
            level = [path for path in paths if self.layout.is_branch(path)]
        return found

    def judge(self, folders: Iterable[Folder]) -> Unclaimed:
        """Return the objects in some branches that can belong to no partition."""
        unclaimed, strays, is_complete = Unclaimed(), [], True
        for folder in folders:
            is_complete &= folder.is_complete
            unclaimed += Unclaimed.of(self._unclaimed(folder.objects))
            strays += [path for name in folder.folders if self._is_stray(path := self._path(folder) + name)]
        for number, path in enumerate(strays):
            room = MOST - len(unclaimed.objects)
            if not room or number >= _STRAYS:
                is_complete = False
                break
            unclaimed += self._content(path, room)
        return Unclaimed(unclaimed.objects, unclaimed.is_complete and is_complete)

    def _content(self, path: str, room: int) -> Unclaimed:
        """Return the objects in a folder that can belong to no partition."""
        objects: list[UnclaimedObject] = []
        for number, item in enumerate(self.store.iter_objects(self.bucket, self.layout.root + path)):
            objects += self._unclaimed([item])
            if len(objects) > room or number >= _LISTED:
                return Unclaimed.of(objects[:room], is_complete=False)
        return Unclaimed.of(objects)

    def _unclaimed(self, objects: Iterable[S3Object]) -> Iterator[UnclaimedObject]:
        found = classify_objects(objects, self.layout.root)
        yield from found.unusable
        for item in found.data:
            if not self._is_claimed(item.key):
                yield UnclaimedObject(escape_uri(item.uri), _NO_PARTITION)

    def _is_claimed(self, key: str) -> bool:
        is_others = any(key.startswith(folder) for folder in self.others)
        return is_others or self.layout.partition_of(key[len(self.layout.root) :]) is not None

    def _is_stray(self, path: str) -> bool:
        if is_hidden(path) or self.layout.is_branch(path) or self.layout.is_partition(path):
            return False
        return not any((self.layout.root + path).startswith(folder) for folder in self.others)

    def _path(self, folder: Folder) -> str:
        return folder.prefix[len(self.layout.root) :]


def _branches(layout: Layout, window: Window) -> set[str]:
    """Return the folders on the way to a window's partitions, the root and those that hold them among them."""
    branches = {""}
    for partition in layout.partitions(window):
        parts = partition.prefix[len(layout.root) :].split("/")[:-1]
        folders = ["/".join(parts[:depth]) + "/" for depth in range(1, len(parts) + 1)]
        branches |= {folder for folder in folders if layout.is_branch(folder)}
    return branches
