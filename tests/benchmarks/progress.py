"""A number that one process writes and another reads: eight bytes of a file in memory."""

import mmap
from pathlib import Path
from struct import Struct

_COUNT = Struct("<q")


class Progress:
    def __init__(self, path: Path) -> None:
        with path.open("a+b") as file:
            file.truncate(_COUNT.size)
            self._memory = mmap.mmap(file.fileno(), _COUNT.size)

    @property
    def count(self) -> int:
        found: int = _COUNT.unpack_from(self._memory)[0]
        return found

    @count.setter
    def count(self, count: int) -> None:
        _COUNT.pack_into(self._memory, 0, count)
