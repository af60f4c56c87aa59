"""Payday: shifts approved at once, half edited in QuickBooks, a tenth taken back; and what must be true in the end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from budgets.counting import count_project
from budgets.models import OWN_SHIFT, CostLine
from budgets.tie_out import check_documents
from integrations.models import Push, PushBatch, PushState
from ressio.money import round_cents
from tests.timeclock.crew import Crew
from timeclock.approval import approve_shifts
from timeclock.errors import ShiftRefused
from timeclock.models import Shift, ShiftOrigin, ShiftState
from timeclock.taking_back import take_back_approval

RATE = 50
EDITED_HOURS = 11


@dataclass
class Payday:
    crew: Crew
    drafts: list[Shift]
    edited: set[str] = field(default_factory=set)
    """Descriptions of entries that somebody changed in QuickBooks. Each shift has a description of its own."""
    taken_back: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, crew: Crew, count: int) -> "Payday":
        return cls(crew, crew.draft_many(count))

    def approve(self, some: Sequence[Shift], *, is_bulk: bool = True) -> None:
        if is_bulk:
            approve_shifts(shifts=some, member=self.crew.office.admin, now=timezone.now())
            return
        for shift in some:
            self.crew.approve(shift)

    def meddle(self) -> None:
        """Half of what is there by now is edited, each once; a tenth, of the others, is deleted again from here."""
        self._take_back()
        wanted = {shift.description for shift in self.drafts[::2]} - self.edited
        found = [entry for entry in self.crew.entries() if entry["Description"] in wanted]
        for entry in found:
            changes: dict[str, Any] = {"Hours": EDITED_HOURS, "Minutes": 0}
            self.crew.office.realm.edit_document("TimeActivity", entry["Id"], changes)
            self.edited.add(entry["Description"])

    def _take_back(self) -> None:
        tenth = {shift.pk for shift in self.drafts[1::10]} - self.taken_back
        there = Shift.objects.filter(pk__in=tenth, state=ShiftState.APPROVED).exclude(quickbooks_id="")
        for shift in there:
            try:
                take_back_approval(shift=shift, member=self.crew.office.admin, now=timezone.now())
            except ShiftRefused:  # a sync brought it, and its answer is still out: later
                continue
            self.taken_back.add(shift.pk)

    # What must be true ------------------------------------------------------------------------------------------------

    def find_faults(self) -> list[str]:
        return [*self._check_books(), *self._check_shifts(), *self._check_budget(), *self._check_pushes()]

    @property
    def _kept(self) -> list[Shift]:
        return [shift for shift in self.drafts if shift.pk not in self.taken_back]

    def _seconds_of(self, shift: Shift) -> int:
        return EDITED_HOURS * 3600 if shift.description in self.edited else shift.worked_seconds

    def _check_books(self) -> Iterator[str]:
        there = Counter(entry["Description"] for entry in self.crew.entries())
        yield from (f"“{said}” is in QuickBooks {times} times." for said, times in there.items() if times > 1)
        wanted = {shift.description for shift in self._kept}
        yield from (f"“{said}” is not in QuickBooks." for said in sorted(wanted - there.keys()))
        yield from (f"“{said}” is nobody's time." for said in sorted(there.keys() - wanted))

    def _check_shifts(self) -> Iterator[str]:
        there = {entry["Id"]: entry["Description"] for entry in self.crew.entries()}
        now = Shift.objects.in_bulk([shift.pk for shift in self.drafts])
        for draft in self.drafts:
            shift = now[draft.pk]
            if draft.pk in self.taken_back:
                if (shift.state, shift.quickbooks_id) != (ShiftState.DRAFT, ""):
                    yield f"“{draft.description}” was taken back and is {shift.state} {shift.quickbooks_id}."
                continue
            if there.get(shift.quickbooks_id) != draft.description:
                yield f"“{draft.description}” is linked to “{there.get(shift.quickbooks_id)}”."
            if shift.worked_seconds != self._seconds_of(draft):
                yield f"“{draft.description}” says {shift.worked_seconds} s, not {self._seconds_of(draft)}."
        strangers = Shift.objects.filter(origin=ShiftOrigin.QUICKBOOKS).count()
        if strangers:
            yield f"{strangers} shifts are taken for entered in QuickBooks."

    def _check_budget(self) -> Iterator[str]:
        costs = count_project(self.crew.office.project)
        wanted = sum(
            (round_cents(Decimal(self._seconds_of(shift) * RATE) / 3600) for shift in self._kept), Decimal(0)
        )
        if costs.counted.amount != wanted:
            yield f"The budget counts {costs.counted.amount} instead of {wanted}."
        if costs.difference or costs.excluded.lines:
            yield f"The difference is {costs.difference}, left out are {costs.excluded.lines} lines."
        if own := CostLine.objects.filter(entity=OWN_SHIFT).count():
            yield f"{own} cost lines count for shifts that are in QuickBooks."
        yield from (
            f"{each.entity} {each.document_ref} differs." for each in check_documents(costs).differences
        )

    def _check_pushes(self) -> Iterator[str]:
        for push in Push.objects.exclude(state=PushState.DONE):
            yield f"{push} is {push.state}: {push.hold_sentence or 'without a word'} ({push.hold_code})"
        done = Push.objects.filter(state=PushState.DONE).count()
        if done != (wanted := len(self.drafts) + len(self.taken_back)):
            yield f"{done} pushes are done instead of {wanted}."
        if missing := {shift.pk for shift in self.drafts[1::10]} - self.taken_back:
            yield f"{len(missing)} shifts could not be taken back."
        if left := PushBatch.objects.exclude(state="closed").count():
            yield f"{left} batches are open."
