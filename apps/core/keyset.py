"""Pages over a result of SQL, by the key of the row where the last page ended: rows that arrive shift nothing."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from apps.core.pagination import bad_cursor

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The rows after `key` (before it, if `backwards`)."""

    key: tuple[str, ...]
    backwards: bool = False

    def __str__(self) -> str:
        return urlsafe_b64encode(msgspec.json.encode([self.backwards, *self.key])).decode().rstrip("=")


def parse_cursor(text: str, *, parts: int) -> Cursor:
    """The cursor that `str` wrote, of a key of so many parts. Raises Invalid for what somebody made up."""
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        backwards, *key = msgspec.json.decode(raw, type=list[bool | str])
    except (ValueError, msgspec.MsgspecError) as error:
        raise bad_cursor() from error
    if not isinstance(backwards, bool) or len(key) != parts or not all(isinstance(part, str) for part in key):
        raise bad_cursor()
    return Cursor(tuple(str(part) for part in key), backwards)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    next: Cursor | None
    previous: Cursor | None


def cut(rows: Sequence[Row], *, size: int, cursor: Cursor | None, key: Callable[[Row], tuple[str, ...]]) -> Page[Row]:
    """The page out of `rows`, which were read in the cursor's direction, one more than `size` where there are more."""
    more, rows = len(rows) > size, rows[:size]
    if cursor is not None and cursor.backwards:
        rows = rows[::-1]
        has_next, has_previous = True, more
    else:
        has_next, has_previous = more, cursor is not None
    if not rows:
        return Page((), None, None)
    return Page(
        rows,
        Cursor(key(rows[-1])) if has_next else None,
        Cursor(key(rows[0]), backwards=True) if has_previous else None,
    )
