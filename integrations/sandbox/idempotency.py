"""requestid: a write repeated with the same id is not done again, its first answer is given again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition

from integrations.sandbox.clock import Clock
from integrations.sandbox.errors import ApiFault
from integrations.sandbox.switches import Switches

LONGEST_ID = 50
RETENTION_SECONDS = 24 * 3600
# "forever" still means no more than this many, so that long tests do not fill the memory.
MOST_REMEMBERED = 200_000
LONGEST_WAIT_SECONDS = 120.0


@dataclass
class Remembered:
    """``body`` is None while the first request is still being worked on."""

    at: int
    body: str | None = None


class Replays:
    """Answers by (realm, requestid or requestid + bId). Only successful ones are kept."""

    def __init__(self, clock_of: Callable[[str], Clock], switches_of: Callable[[str], Switches]) -> None:
        self._clock_of = clock_of
        self._switches_of = switches_of
        self._answers: OrderedDict[tuple[str, str], Remembered] = OrderedDict()
        self._changed = Condition()

    def begin(self, realm: str, request_id: str) -> str | None:
        """The first answer when there is one; None means: do the work, then call finish or abandon."""
        check_request_id(request_id)
        key = (realm, request_id)
        with self._changed:
            known = self._remembered(key)
            if known and known.body is None:
                known = self._wait(key)
            if known:
                return known.body
            self._answers[key] = Remembered(self._clock_of(realm).epoch())
            return None

    def finish(self, realm: str, request_id: str, body: str) -> None:
        with self._changed:
            self._answers[(realm, request_id)] = Remembered(self._clock_of(realm).epoch(), body)
            self._answers.move_to_end((realm, request_id))
            self._forget_most()
            self._changed.notify_all()

    def abandon(self, realm: str, request_id: str) -> None:
        """The work failed: the id can be used again."""
        with self._changed:
            self._answers.pop((realm, request_id), None)
            self._changed.notify_all()

    def forget_realm(self, realm: str) -> None:
        with self._changed:
            for key in [key for key in self._answers if key[0] == realm]:
                del self._answers[key]

    def finished(self) -> list[tuple[str, str, int, str]]:
        """(realm, requestid, time, answer) of everything remembered, for persistence."""
        with self._changed:
            return [
                (*key, known.at, known.body) for key, known in self._answers.items() if known.body is not None
            ]

    def restore(self, realm: str, request_id: str, at: int, body: str) -> None:
        with self._changed:
            self._answers[(realm, request_id)] = Remembered(at, body)

    def _wait(self, key: tuple[str, str]) -> Remembered | None:
        if self._switches_of(key[0])["requestid_in_flight"] == "fault_600":
            raise ApiFault("600", f"Duplicate Request ID : {key[1]}")
        self._changed.wait_for(lambda: self._is_settled(key), timeout=LONGEST_WAIT_SECONDS)
        return self._answers.get(key)

    def _is_settled(self, key: tuple[str, str]) -> bool:
        known = self._answers.get(key)
        return known is None or known.body is not None

    def _remembered(self, key: tuple[str, str]) -> Remembered | None:
        known = self._answers.get(key)
        expires = self._switches_of(key[0])["requestid_retention"] == "24h"
        if known and known.body is not None and expires:
            age = self._clock_of(key[0]).epoch() - known.at
            return known if age < RETENTION_SECONDS else None
        return known

    def _forget_most(self) -> None:
        """Finished answers move to the end, so the oldest of them come first."""
        while len(self._answers) > MOST_REMEMBERED:
            self._answers.popitem(last=False)


def check_request_id(request_id: str) -> None:
    if len(request_id) > LONGEST_ID or not request_id.isprintable():
        raise ApiFault("2130", f"Invalid Request Id Format : {request_id[:60]}")
