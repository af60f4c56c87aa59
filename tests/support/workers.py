"""Several workers at once: threads, and processes of their own, against one database."""

import multiprocessing
import multiprocessing.process
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import connections

T = TypeVar("T")
# Forked, so that a worker has the settings of its test.
FORK = multiprocessing.get_context("fork")
LONGEST_SECONDS = 60


def run_threads(number: int, work: Callable[[], T]) -> list[T]:
    """What each thread returned; the first exception is raised."""
    with ThreadPoolExecutor(number) as pool:
        futures = [pool.submit(closing_connections, work) for _ in range(number)]
        return [future.result(LONGEST_SECONDS) for future in futures]


def closing_connections(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connections.close_all()


def run_processes(number: int, work: Callable[[], T]) -> list[T]:
    """What each process returned. Raises AssertionError with what went wrong in one of them."""
    results: Any = FORK.SimpleQueue()
    with started(number, lambda: results.put(run_safely(work))) as processes:
        for process in processes:
            process.join(LONGEST_SECONDS)
            assert process.exitcode == 0, f"A worker ended with {process.exitcode}"
    outcomes = [results.get() for _ in range(number)]
    failures = [failure for _, failure in outcomes if failure]
    assert not failures, failures
    return [value for value, _ in outcomes]


def run_safely(work: Callable[[], T]) -> tuple[T | None, str]:
    try:
        return closing_connections(work), ""
    except Exception as error:
        return None, f"{type(error).__name__}: {error}"


@contextmanager
def started(number: int, target: Callable[[], None]) -> Iterator[list[multiprocessing.process.BaseProcess]]:
    """None of them outlives the block."""
    connections.close_all()  # a database connection must not be used on both sides of a fork
    processes: list[multiprocessing.process.BaseProcess] = [
        FORK.Process(target=target) for _ in range(number)
    ]
    for process in processes:
        process.start()
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.join()
