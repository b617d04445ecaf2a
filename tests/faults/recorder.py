"""What SQLite asks of the disk, written down: every write, truncation and sync, in order.

SQLite reaches files through a table of functions (its VFS). Within ``recording`` the default table
is a copy whose functions note what they are asked and pass it on, in the very library that Python's
``sqlite3`` runs on: locks, shared memory and files are the real ones, and no compiler is needed.
"""

import _sqlite3
import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from typing import NamedTuple

# Both tables as C lays them out, in words: a few numbers, then functions.
VFS_WORDS, NAME, OPEN = 21, 3, 5
METHODS_WORDS, CLOSE, WRITE, TRUNCATE, SYNC = 19, 1, 3, 4, 5
SHAPES = {
    OPEN: CFUNCTYPE(c_int, c_void_p, c_char_p, c_void_p, c_int, c_void_p),
    -CLOSE: CFUNCTYPE(c_int, c_void_p),
    -WRITE: CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64),
    -TRUNCATE: CFUNCTYPE(c_int, c_void_p, c_int64),
    -SYNC: CFUNCTYPE(c_int, c_void_p, c_int),
}
NO_ROOM = 13  # SQLITE_FULL, as its own functions answer where the system says ENOSPC
Words = POINTER(c_void_p)


class Event(NamedTuple):
    """``write``, ``truncate`` or ``sync`` of a file; or ``said``, what somebody was answered."""

    kind: str
    file: str
    offset: int = 0
    data: bytes = b""


class Recorder:
    """The functions that note and pass on; ``log`` is what they noted."""

    def __init__(self, original: "ctypes.Array[c_void_p]") -> None:
        self.log: list[Event] = []
        self.room: int | None = None  # how many more writes fit on the disk; all of them
        self._names: dict[int, str] = {}
        self._tables: dict[int, ctypes.Array[c_void_p]] = {}  # theirs → ours
        self._kept: list[object] = []  # C holds no reference to what it calls
        self.vfs = (c_void_p * VFS_WORDS)(*original)
        self._name = ctypes.create_string_buffer(b"tracerie-recorder")
        self.vfs[NAME] = ctypes.addressof(self._name)
        self._open = SHAPES[OPEN](original[OPEN])
        self.vfs[OPEN] = self._keep(SHAPES[OPEN](self._on_open))

    def say(self, what: str) -> None:
        """Somebody was answered: whatever comes after may not take it back."""
        self.log.append(Event("said", what))

    def _keep(self, function: object) -> int:
        self._kept.append(function)
        return ctypes.cast(function, c_void_p).value or 0  # type: ignore[arg-type]

    def _on_open(self, vfs, name, file, flags, told):
        status = self._open(vfs, name, file, flags, told)
        if status == 0 and name:
            theirs = ctypes.cast(file, Words)[0]
            if theirs not in self._tables:
                self._tables[theirs] = self._table(theirs)
            ctypes.cast(file, Words)[0] = ctypes.addressof(self._tables[theirs])
            self._names[file] = name.decode()
        return status

    def _finds_no_room(self) -> bool:
        if self.room is None:
            return False
        self.room -= 1
        return self.room < 0

    def _table(self, theirs: int) -> "ctypes.Array[c_void_p]":
        ours = (c_void_p * METHODS_WORDS).from_buffer_copy(
            (c_void_p * METHODS_WORDS).from_address(theirs)
        )
        close, write, truncate, sync = (
            SHAPES[-at](ours[at]) for at in (CLOSE, WRITE, TRUNCATE, SYNC)
        )

        def on_close(file):
            self._names.pop(file, None)
            return close(file)

        def on_write(file, data, size, offset):
            if self._finds_no_room():
                return NO_ROOM
            self.log.append(Event("write", self._names[file], offset, ctypes.string_at(data, size)))
            return write(file, data, size, offset)

        def on_truncate(file, size):
            self.log.append(Event("truncate", self._names[file], size))
            return truncate(file, size)

        def on_sync(file, flags):
            status = sync(file, flags)
            self.log.append(Event("sync", self._names[file]))
            return status

        for at, function in ((CLOSE, on_close), (WRITE, on_write), (TRUNCATE, on_truncate),
                             (SYNC, on_sync)):  # fmt: skip
            ours[at] = self._keep(SHAPES[-at](function))
        return ours


_recorders: list[Recorder] = []  # never collected: a connection may outlive its test


@contextmanager
def recording() -> Iterator[Recorder]:
    """Note what connections that are opened from now on ask of the disk."""
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = c_void_p
    found = library.sqlite3_vfs_find(None)
    recorder = Recorder((c_void_p * VFS_WORDS).from_address(found))
    _recorders.append(recorder)
    address = c_void_p(ctypes.addressof(recorder.vfs))
    assert library.sqlite3_vfs_register(address, 1) == 0
    try:
        yield recorder
    finally:
        library.sqlite3_vfs_unregister(address)
        library.sqlite3_vfs_register(c_void_p(found), 1)
