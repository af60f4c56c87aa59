"""Less searching for garbage while thousands of documents pass through."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# New containers between two searches; Python's own 700 makes it walk through the same documents again and again.
OBJECTS_BETWEEN_SEARCHES = 100_000

_lock = threading.Lock()
_usual: list[tuple[int, int, int]] = []


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """For the whole process, until the last of those who asked for it is done.

    Decoded JSON holds no circles, so it goes when it is let go of; searching it costs half of the time of a
    full pull and finds nothing.
    """
    with _lock:
        _usual.append(gc.get_threshold() if not _usual else _usual[0])
        gc.set_threshold(OBJECTS_BETWEEN_SEARCHES, *_usual[0][1:])
    try:
        yield
    finally:
        with _lock:
            usual = _usual.pop()
            if not _usual:
                gc.set_threshold(*usual)
