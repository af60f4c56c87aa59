"""Several requests at once, their answers one after the other."""

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from typing import Generic, TypeVar

from django.db import connections

T = TypeVar("T")
JOIN_SECONDS = 10.0


class _Job(Generic[T]):
    """A call made by another thread; `result` waits for it and raises what it raised."""

    def __init__(self, call: Callable[[], T]) -> None:
        self.call = call
        self.done = threading.Event()
        self.answer: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.answer.append(self.call())
        except BaseException as error:
            # Handed on to the one who waits for the answer.
            self.error = error
        self.done.set()

    def result(self) -> T:
        self.done.wait()
        if self.error:
            raise self.error
        return self.answer[0]


def fetch_in_order(calls: Iterable[Callable[[], T]], *, workers: int) -> Iterator[T]:
    """Answers in the order of `calls`, at most `workers` of them asked for or waiting, which bounds memory.

    The first error ends it: what is in flight is waited for, nothing more is asked.
    Each thread closes its database connections when it ends, since Django does that for web requests only.
    """
    queue: SimpleQueue[_Job[T] | None] = SimpleQueue()
    threads = [threading.Thread(target=_work, args=(queue,), daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        yield from _collect(iter(calls), queue, workers)
    finally:
        for _ in threads:
            queue.put(None)
        for thread in threads:
            thread.join(JOIN_SECONDS)


def _collect(
    calls: Iterator[Callable[[], T]], queue: "SimpleQueue[_Job[T] | None]", workers: int
) -> Iterator[T]:
    waiting: deque[_Job[T]] = deque()
    for call in calls:
        if len(waiting) == workers:
            yield waiting.popleft().result()
        waiting.append(_Job(call))
        queue.put(waiting[-1])
    while waiting:
        yield waiting.popleft().result()


def _work(queue: "SimpleQueue[_Job[T] | None]") -> None:
    try:
        while job := queue.get():
            job.run()
            # Else its answer, a thousand documents, would live until the next job comes.
            del job
    finally:
        connections.close_all()
