"""The faults: each kind, how it is done, and how one sees that it has struck."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from integrations.models import Push
from integrations.outbox import wake_batch_sender, wake_sender
from tests.budgets.bills.office import Office
from tests.faults.brokers import Broker
from tests.faults.crew import BEATS, WORKERS, Crew
from tests.faults.deaths import STEPS, Warrants
from tests.faults.network import NETWORK_FAULTS, Network

KILL_ANY = "killed at any moment"
KILL_BEAT = "beat killed"
THROTTLED = "429 storm"
EXPIRED = "token expired"
ERROR_BEFORE = "5xx before the commit"
RUNG_TWICE = "wake-ups duplicated"
NOT_RUNG = "wake-ups lost"
BROKER_RESTARTED = "broker restarted"
SYNCED = "a sync brings what has no answer yet"
AT_ONCE = (
    *(KILL_ANY, KILL_BEAT, THROTTLED, EXPIRED, ERROR_BEFORE, RUNG_TWICE, NOT_RUNG, BROKER_RESTARTED),
    SYNCED,
)
KINDS = (*(f"killed {step}" for step in STEPS), *NETWORK_FAULTS, *AT_ONCE)
LONGEST_DELAY = 0.03


@dataclass
class Chaos:
    office: Office
    crew: Crew
    network: Network
    broker: Broker
    warrants: Warrants
    dice: Random
    struck: Counter[str] = field(default_factory=Counter)

    def schedule(self, count: int) -> list[str]:
        """Every kind at least once, in any order."""
        more = self.dice.choices(KINDS, k=max(0, count - len(KINDS)))
        kinds = [*KINDS, *more]
        self.dice.shuffle(kinds)
        return kinds

    def inject(self, kind: str) -> None:
        """What waits for its moment (a step, a write) is only laid out here; see `has_struck`."""
        if kind in NETWORK_FAULTS:
            self.network.arm(kind, self.dice.uniform(0, LONGEST_DELAY))
        elif kind in AT_ONCE:
            self._deeds[kind]()
        else:
            self.warrants.issue(kind.removeprefix("killed "))

    def has_struck(self, kind: str) -> bool:
        if kind in NETWORK_FAULTS:
            return not self.network.is_pending(kind)
        return kind in AT_ONCE or not self.warrants.is_pending(kind.removeprefix("killed "))

    def call_off(self) -> list[str]:
        """Faults that found nothing to strike."""
        left = self.network.disarm()
        return left + [f"killed {step}" for step in STEPS if self.warrants.withdraw(step)]

    @property
    def _deeds(self) -> dict[str, Callable[[], object]]:
        realm = self.office.realm
        return {
            KILL_ANY: self._kill_any,
            KILL_BEAT: lambda: self.crew.kill(self.dice.choice(BEATS)),
            THROTTLED: lambda: realm.fail_next("429", times=self.dice.randint(2, 6)),
            EXPIRED: realm.expire_tokens,
            ERROR_BEFORE: lambda: realm.fail_next("503"),
            RUNG_TWICE: self._ring_twice,
            NOT_RUNG: self.broker.lose_messages,
            BROKER_RESTARTED: self.broker.restart,
            SYNCED: self.office.sync,
        }

    def _kill_any(self) -> None:
        time.sleep(self.dice.uniform(0, 0.1))
        self.crew.kill(self.dice.choice(WORKERS))

    def _ring_twice(self) -> None:
        """For what waits, is on its way, and is long done."""
        ids = list(Push.objects.order_by("-pk").values_list("pk", flat=True)[:20])
        for push_id in self.dice.sample(ids, min(4, len(ids))) * 2:
            wake_sender(push_id)
        for _ in range(3):
            wake_batch_sender(self.office.connection.pk, with_singles=self.dice.random() < 0.3)
