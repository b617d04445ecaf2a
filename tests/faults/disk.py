"""A disk in a power cut: what was synced is there, and of the rest what the dice leave."""

import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tests.faults.recorder import Event

SECTOR = 512  # what a disk writes whole or not at all


class Disk:
    """Files as a disk holds them while a program writes: some of it sure, some on its way."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.sure = {name: bytearray(content) for name, content in files.items()}
        self.coming: dict[str, list[Event]] = {name: [] for name in files}

    def hear(self, event: Event) -> None:
        if event.file not in self.sure:
            return
        if event.kind == "sync":
            for each in self.coming[event.file]:
                _apply(self.sure[event.file], each)
            self.coming[event.file] = []
        elif event.kind in ("write", "truncate"):
            self.coming[event.file].append(event)

    def cut(self, dice: random.Random) -> dict[str, bytes]:
        """What is there when the power comes back."""
        left = {}
        for name, sure in self.sure.items():
            left[name] = content = bytearray(sure)
            for each in dice.choice(FATES)(self.coming[name], dice):
                _apply(content, each)
        return {name: bytes(content) for name, content in left.items()}


def _apply(content: bytearray, event: Event) -> None:
    if event.kind == "truncate":
        del content[event.offset :]
    else:
        content.extend(bytes(max(0, event.offset - len(content))))
        content[event.offset : event.offset + len(event.data)] = event.data


# What may become of writes that nobody waited for


def all_arrived(coming: list[Event], _dice: random.Random) -> Iterable[Event]:
    return coming


def none_arrived(_coming: list[Event], _dice: random.Random) -> Iterable[Event]:
    return []


def some_arrived(coming: list[Event], dice: random.Random) -> Iterator[Event]:
    """The first of them, and of the one in hand some sectors."""
    sure = dice.randint(0, len(coming))
    yield from coming[:sure]
    for event in coming[sure : sure + 1]:
        yield from _torn(event, dice)


def scattered(coming: list[Event], dice: random.Random) -> Iterator[Event]:
    """In any order, each with some of its sectors."""
    for event in dice.sample(coming, len(coming)):
        yield from _torn(event, dice)


def _torn(event: Event, dice: random.Random) -> Iterator[Event]:
    if event.kind == "truncate":
        if dice.random() < 1 / 2:
            yield event
        return
    for at in range(0, len(event.data), SECTOR):
        if dice.random() < 1 / 2:
            yield event._replace(offset=event.offset + at, data=event.data[at : at + SECTOR])


Fate = Callable[[list[Event], random.Random], Iterable[Event]]
FATES: tuple[Fate, ...] = (all_arrived, none_arrived, some_arrived, scattered)


def write(files: dict[str, bytes], folder: Path) -> Path:
    """The files in a folder, by their last names; returns the first."""
    folder.mkdir()
    paths = [folder / Path(name).name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    return paths[0]
