"""What a program is told ahead of an approval: the same look ahead that the page shows, as plain values."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from budgets.bills.looking_ahead import LookAhead
from budgets.bills.preview import Effect, Preview, preview_of
from budgets.bills.readiness import DUPLICATE, Obstacle
from budgets.models import Bill


@dataclass(frozen=True)
class PreviewAnswer:
    document: dict[str, Any] | None
    """As it would leave now; None while something stands in the way, or nothing is left to send."""
    effects: Sequence[Effect]
    warnings: Sequence[Obstacle]
    """What somebody should know, and may pass."""
    obstacles: Sequence[Obstacle]
    """What holds the bill back from QuickBooks."""
    duplicates: Sequence[Bill]


def answer_preview(bill: Bill) -> PreviewAnswer:
    preview = preview_of(bill)
    obstacles = _obstacles(preview)
    leaves = bool(preview.text) and not obstacles and not preview.was_sent
    return PreviewAnswer(
        document=json.loads(preview.text) if leaves else None,
        effects=[] if bill.is_sent or bill.is_gone else preview.effects,
        warnings=_warnings(bill, preview.ahead) if preview.ahead else [],
        obstacles=obstacles,
        duplicates=preview.ahead.duplicates if preview.ahead and bill.is_open else [],
    )


def _obstacles(preview: Preview) -> list[Obstacle]:
    if preview.ahead is None:
        is_held = preview.is_change and preview.why_none
        return [Obstacle("held", preview.why_none)] if is_held else []
    stays = preview.ahead.stays
    return [*([stays] if stays else []), *preview.ahead.obstacles]


def _warnings(bill: Bill, ahead: LookAhead) -> list[Obstacle]:
    if not bill.is_open:
        return []
    found = []
    if ahead.bare and ahead.default_code:
        places = ", ".join(map(str, ahead.bare))
        sentence = (
            f"No cost code on line {places}: the default billing cost code “{ahead.default_code}” is used."
        )
        found.append(Obstacle("default_code", sentence))
    for other in ahead.duplicates:
        sentence = f"{bill.shown_vendor} has another bill of this number: {other.number}, {other.total}."
        found.append(Obstacle(DUPLICATE, sentence, "bill", other.pk))
    return found
