"""What a run writes down about itself while it works: its steps, its counts, and that it is still alive."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from integrations.gateway.options import option
from integrations.heartbeat import beating
from integrations.mirror import lock_books
from integrations.models import ChangeAction, RunStatus, SyncChange, SyncRun, SyncStep
from integrations.registry import ENTITIES
from ressio.scoping import scope

BEATS_A_LEASE = 4
# Of the first full pull nobody reads fifty thousand lines; the counts are whole.
CHANGES_KEPT = 300
ENTITY_OF_LABEL = {feed.label: feed.entity for feed in ENTITIES.values()}


def read_lease() -> timedelta:
    """A worker that died is noticed after this. A living one says so more often than that."""
    return timedelta(seconds=option("QBO_SYNC_LEASE"))


class LostRun(Exception):
    """The run is no longer ours: its lease ran out and another worker took it up, or somebody ended it."""


class RunLog:
    """Writes are meant to happen inside the transaction of the documents they count.

    Each proves that the run is still ours: a worker that was stopped for minutes and wakes up again would else
    put its steps among those of its successor. Raises LostRun.
    """

    def __init__(self, run: SyncRun) -> None:
        self.run = run
        self._steps: dict[str, SyncStep] = {}
        self._noted = 0
        self._is_held = False

    @contextmanager
    def holding(self) -> Iterator[None]:
        """One transaction that only the holder of the run can commit. May be nested. The books are locked before the
        run, as whoever disconnects them does.
        """
        if self._is_held:
            yield
            return
        with transaction.atomic():
            lock_books(self.run.connection_id)
            self.hold()
            self._is_held = True
            try:
                yield
            finally:
                self._is_held = False

    def hold(self) -> None:
        """Prove inside a transaction that the run is still ours, so that a late worker writes nothing."""
        mine = SyncRun.objects.filter(pk=self.run.pk, status=RunStatus.RUNNING, attempt=self.run.attempt)
        held = mine.update(
            lease_until=timezone.now() + read_lease(),
            changed_count=self.run.changed_count,
            deleted_count=self.run.deleted_count,
        )
        if not held:
            raise LostRun

    def has_step(self, name: str) -> bool:
        return name in self._steps

    def begin(self, name: str, *, total: int | None = None) -> SyncStep:
        step = self._steps.get(name) or self._add(name)
        step.status, step.total = RunStatus.RUNNING, total
        self._save(step)
        return step

    def _add(self, name: str) -> SyncStep:
        step = self._steps[name] = SyncStep(
            company_id=self.run.company_id,
            run=self.run,
            position=len(self._steps),
            name=name,
            entity=ENTITY_OF_LABEL.get(name, ""),
        )
        return step

    def announce(self, names_and_totals: Sequence[tuple[str, int]]) -> None:
        """Steps that come later, so that the page shows how much there is to do."""
        with self.holding():
            for name, total in names_and_totals:
                step = self._steps.get(name) or self._add(name)
                step.status, step.total, step.done = RunStatus.QUEUED, total, 0
                step.save()

    def advance(self, name: str, *, done: int = 0, changed: int = 0, deleted: int = 0) -> None:
        step = self._steps.get(name) or self.begin(name)
        step.status = RunStatus.RUNNING
        step.done += done
        step.changed += changed
        step.deleted += deleted
        self._save(step)
        self.run.changed_count += changed
        self.run.deleted_count += deleted

    def finish(self, name: str, *, message: str = "") -> None:
        self._end(name, RunStatus.SUCCEEDED, message)

    def fail(self, name: str, *, message: str) -> None:
        self._end(name, RunStatus.FAILED, message)

    def finish_all(self) -> None:
        with self.holding():
            for name, step in self._steps.items():
                if step.status in (RunStatus.QUEUED, RunStatus.RUNNING):
                    self.finish(name)

    def fail_open(self, *, message: str) -> None:
        """What was under way did not end well; what had not begun stays "waiting"."""
        for name, step in self._steps.items():
            if step.status == RunStatus.RUNNING:
                self.fail(name, message=message)

    def note_changes(self, entity: str, ids: Sequence[str], action: ChangeAction) -> None:
        kept = ids[: max(0, CHANGES_KEPT - self._noted)]
        self._noted += len(kept)
        rows = [
            SyncChange(
                company_id=self.run.company_id,
                run=self.run,
                entity=entity,
                quickbooks_id=quickbooks_id,
                action=action,
            )
            for quickbooks_id in kept
        ]
        SyncChange.objects.bulk_create(rows, ignore_conflicts=True)

    def _end(self, name: str, status: RunStatus, message: str) -> None:
        step = self._steps.get(name) or self.begin(name)
        step.status, step.message = status, message[:300]
        self._save(step)

    def _save(self, step: SyncStep) -> None:
        with self.holding():
            step.save()


def kept_alive(run: SyncRun) -> AbstractContextManager[None]:
    """Renews the run's lease while the block is at work."""

    def renew() -> None:
        with scope(company=run.company_id):
            mine = SyncRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING, attempt=run.attempt)
            mine.update(lease_until=timezone.now() + read_lease())

    return beating(renew, every=read_lease().total_seconds() / BEATS_A_LEASE)
