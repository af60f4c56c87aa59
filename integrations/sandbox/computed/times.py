"""Server-computed fields of TimeActivity. The style of duration that was sent is kept."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from integrations.sandbox.computed.common import default_date, preferences
from integrations.sandbox.errors import ApiFault
from integrations.sandbox.validation.references import reference_to
from integrations.sandbox.wire import PACIFIC, Document

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

CLOCK_FACE = re.compile(r"^(\d{1,2}:\d{2}(?::\d{2})?)")
DURATION = ("Hours", "Minutes", "Seconds")
CLOCK = ("StartTime", "EndTime")
CLOCK_AND_BREAK = (*CLOCK, "BreakHours", "BreakMinutes", "BreakSeconds")


def complete_time(change: Change, entity: str, document: Document, old: Document | None) -> None:
    default_date(change, document)
    document.setdefault("BillableStatus", "NotBillable")
    document.setdefault("Taxable", False)
    document.setdefault("HourlyRate", 0)
    document.setdefault("CostRate", 0)
    _complete_duration(document, old)
    _default_item(change, document)
    if document["BillableStatus"] == "NotBillable":
        document.pop("TimeChargeId", None)


def _complete_duration(document: Document, old: Document | None) -> None:
    if old:
        _drop_former_style(document, old)
    if any(document.get(name) is not None for name in DURATION):
        for name in DURATION:
            document.setdefault(name, 0)
    for name in CLOCK:
        if document.get(name) is not None:
            document[name] = _full_time(document["TxnDate"], str(document[name]))


def _drop_former_style(document: Document, old: Document) -> None:
    """A sparse update that changes from one style of duration to the other drops what it had before."""
    for former, latter in ((DURATION, CLOCK), (CLOCK_AND_BREAK, DURATION)):
        had_former_only = any(name in old for name in former) and not any(name in old for name in latter)
        if had_former_only and any(name in document for name in latter):
            for name in former:
                if document.get(name) == old.get(name):
                    document.pop(name, None)


def _full_time(day: str, text: str) -> str:
    """``08:00:00-08:00`` is a clock time on the day of the activity. The face counts, not the offset."""
    face = CLOCK_FACE.match(text)
    if face:
        text = f"{day}T{face[1]}"
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ApiFault("6340", f"Invalid time : {text}") from None
    return moment.replace(tzinfo=moment.tzinfo or PACIFIC).isoformat(timespec="seconds")


def _default_item(change: Change, document: Document) -> None:
    """Minor version 74 and later: a time entry without a service gets the company's default one."""
    if document.get("ItemRef"):
        return
    ref = preferences(change, "TimeTrackingPrefs").get("DefaultTimeItem") or {}
    item = change.read("Item", ref.get("value", ""))
    if item:
        document["ItemRef"] = reference_to(item)
