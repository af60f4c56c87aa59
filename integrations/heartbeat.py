"""How a worker says that it is alive while it waits for QuickBooks: it renews its lease from a thread of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from django.db import DatabaseError, connections

logger = structlog.get_logger(__name__)


@contextmanager
def beating(renew: Callable[[], object], *, every: float) -> Iterator[None]:
    """Calls `renew` each `every` seconds until the block ends. One request can wait minutes for its turn."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(renew, stop, every), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(every)


def _beat(renew: Callable[[], object], stop: threading.Event, every: float) -> None:
    try:
        while not stop.wait(every):
            _renew(renew)
    finally:
        connections.close_all()


def _renew(renew: Callable[[], object]) -> None:
    try:
        renew()
    except DatabaseError:
        # The next beat tries again; if none succeeds, the lease runs out as it should.
        logger.warning("heartbeat_failed", exc_info=True)
