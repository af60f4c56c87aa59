import threading
import time
from collections.abc import Callable
from functools import partial

import pytest

from integrations.feeds.threads import fetch_in_order

pytestmark = pytest.mark.pure


def after(seconds: float, answer: int) -> Callable[[], int]:
    def call() -> int:
        time.sleep(seconds)
        return answer

    return call


def test_answers_come_in_the_order_of_the_calls() -> None:
    calls = [after(0.05, 1), after(0.0, 2), after(0.02, 3), after(0.0, 4)]

    assert list(fetch_in_order(calls, workers=4)) == [1, 2, 3, 4]


def test_no_calls_no_answers() -> None:
    assert list(fetch_in_order([], workers=3)) == []


def test_calls_run_side_by_side() -> None:
    """Each waits for the others: one after the other they would never end."""
    gate = threading.Barrier(4)

    answers = fetch_in_order([lambda: gate.wait(10)] * 4, workers=4)

    assert sorted(answers) == [0, 1, 2, 3]


def test_no_more_are_asked_for_than_may_wait() -> None:
    """What has been fetched and not been taken yet is memory."""
    asked: list[int] = []

    def note(number: int) -> int:
        asked.append(number)
        return number

    answers = fetch_in_order([partial(note, number) for number in range(10)], workers=3)
    first = next(answers)
    time.sleep(0.1)

    assert (first, sorted(asked)) == (0, [0, 1, 2])
    assert list(answers) == list(range(1, 10))


def test_first_error_ends_it_and_nothing_more_is_asked() -> None:
    asked: list[int] = []

    def fail() -> int:
        raise ZeroDivisionError

    def note() -> int:
        asked.append(1)
        return 1

    answers = fetch_in_order([after(0, 7), fail, *[note] * 20], workers=2)

    assert next(answers) == 7
    with pytest.raises(ZeroDivisionError):
        list(answers)
    assert len(asked) <= 1


def test_threads_end_when_the_reader_leaves_early() -> None:
    before = threading.active_count()

    answers = fetch_in_order([after(0, number) for number in range(50)], workers=3)
    next(answers)
    answers.close()  # type: ignore[attr-defined]

    assert threading.active_count() == before
