"""Rules of a TimeActivity: whose time, how long (one of two styles), billable to whom and at what price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from integrations.sandbox.errors import ApiFault
from integrations.sandbox.wire import Document, number

if TYPE_CHECKING:
    from integrations.sandbox.change import Change

LONGEST_HOURS = 8760
DURATION = ("Hours", "Minutes", "Seconds")
CLOCK = ("StartTime", "EndTime")


def check_time(change: Change, document: Document, old: Document | None) -> None:
    _check_person(document)
    _check_duration(document)
    _check_billing(document, old)


def _check_person(document: Document) -> None:
    kind = document.get("NameOf")
    if kind not in ("Employee", "Vendor"):
        raise ApiFault("6300", "NameOf must be Employee or Vendor", element="NameOf")
    given = [name for name in ("EmployeeRef", "VendorRef") if document.get(name)]
    if given != [f"{kind}Ref"]:
        raise ApiFault("6290", f"Exactly one of EmployeeRef and VendorRef is needed: {kind}Ref")


def _check_duration(document: Document) -> None:
    by_duration = any(document.get(name) is not None for name in DURATION)
    by_clock = [name for name in CLOCK if document.get(name) is not None]
    if by_duration and by_clock:
        raise ApiFault("6390", "Give either Hours and Minutes or StartTime and EndTime")
    if by_duration:
        _check_hours(document)
    elif len(by_clock) == 1:
        raise ApiFault("6360", "StartTime and EndTime go together")
    elif not by_clock:
        raise ApiFault("6350", "A duration or a start and an end time are required")


def _check_hours(document: Document) -> None:
    hours, minutes = number(document.get("Hours")), number(document.get("Minutes"))
    seconds = number(document.get("Seconds"))
    if not (0 <= hours <= LONGEST_HOURS and 0 <= minutes <= 59 and 0 <= seconds <= 59):
        raise ApiFault("6380", "Hours are 0 to 8760, minutes and seconds 0 to 59")


def _check_billing(document: Document, old: Document | None) -> None:
    status = document.get("BillableStatus")
    was_billed = bool(old) and (old or {}).get("BillableStatus") == "HasBeenBilled"
    if status == "HasBeenBilled" and not was_billed:
        raise ApiFault("2170", "Invalid Enumeration : HAS_BEEN_BILLED")
    if status == "Billable" and not document.get("CustomerRef"):
        raise ApiFault("6310", "A customer is required for billable time")
    if status == "Billable" and not document.get("HourlyRate"):
        raise ApiFault("6330", "HourlyRate is required for billable time")
    if number(document.get("HourlyRate")) < 0:
        raise ApiFault("6330", "HourlyRate must not be negative")
