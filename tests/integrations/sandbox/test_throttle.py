"""The limits that count minutes, asked of the throttle itself with a clock of the test's own."""

from __future__ import annotations

import pytest

from integrations.sandbox import throttle as module
from integrations.sandbox.throttle import BATCHES_PER_MINUTE, PER_MINUTE, Throttle, Throttled


class Ticks:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    ticking = Ticks()
    monkeypatch.setattr(module, "time", ticking)
    return ticking


def ask(throttle: Throttle, ticks: Ticks, count: int, *, is_batch: bool = False, realm: str = "1") -> int:
    """How many of so many requests, an eighth of a second apart, are admitted."""
    admitted = 0
    for _ in range(count):
        ticks.now += 0.115
        try:
            with throttle.admit(realm, "app", is_batch=is_batch, enabled=True):
                admitted += 1
        except Throttled:
            continue
    return admitted


def test_five_hundred_a_minute(ticks: Ticks) -> None:
    throttle = Throttle()

    assert ask(throttle, ticks, PER_MINUTE + 15) == PER_MINUTE
    assert ask(throttle, ticks, 1, realm="2") == 1
    ticks.now += 61
    assert ask(throttle, ticks, 1) == 1


def test_forty_batches_a_minute(ticks: Ticks) -> None:
    throttle = Throttle()

    assert ask(throttle, ticks, BATCHES_PER_MINUTE + 5, is_batch=True) == BATCHES_PER_MINUTE
    assert ask(throttle, ticks, 5) == 5


def test_nothing_is_refused_when_limits_are_off(ticks: Ticks) -> None:
    throttle = Throttle()

    for _ in range(1000):
        with throttle.admit("1", "app", is_batch=True, enabled=False):
            pass
