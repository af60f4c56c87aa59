"""Adding and editing time entries."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from integrations.sandbox.books import Books
from integrations.sandbox.errors import ApiFault
from integrations.sandbox.pages.choices import Choices, select
from integrations.sandbox.pages.contract import PageRequest, PageResponse
from integrations.sandbox.pages.fields import (
    amount_input,
    buttons,
    date_input,
    labelled,
    submit,
    text_input,
    ticked,
)
from integrations.sandbox.pages.formats import Mistake, plain, read_amount, read_date
from integrations.sandbox.pages.kinds import TIME, address_of
from integrations.sandbox.pages.layout import hidden, link, page, redirect
from integrations.sandbox.pages.markup import Html, tag, void_tag
from integrations.sandbox.pages.words import readable
from integrations.sandbox.wire import PACIFIC, Document

WORKERS = ("Employee", "Vendor")
BILLED = "HasBeenBilled"
DURATION = ("Hours", "Minutes", "Seconds")
CLOCK = ("StartTime", "EndTime", "BreakHours", "BreakMinutes")


@dataclass
class TimeForm:
    """As typed. ``worker`` is ``Employee:55`` or ``Vendor:42``."""

    worker: str = ""
    customer: str = ""
    item: str = ""
    date: str = ""
    hours: str = ""
    minutes: str = ""
    start: str = ""
    end: str = ""
    pause: str = ""
    billable: str = ""
    billed: str = ""
    rate: str = ""
    cost_rate: str = ""
    text: str = ""
    sync_token: str = ""


def new_time(request: PageRequest, books: Books) -> PageResponse:
    if request.method == "GET":
        return _show(request, books, TimeForm(date=books.today().isoformat()), None)
    return _save(request, books, None)


def edit_time(request: PageRequest, books: Books, document: Document) -> PageResponse:
    return _save(request, books, document)


def _save(request: PageRequest, books: Books, old: Document | None) -> PageResponse:
    form = TimeForm(**{field.name: request.get(field.name).strip() for field in fields(TimeForm)})
    try:
        payload = payload_of(form, old)
        write = books.update if old else books.create
        saved = write(TIME.entity, payload)
    except Mistake as mistake:
        return _show(request, books, form, old, error=str(mistake))
    except ApiFault as fault:
        return _show(request, books, form, old, error=readable(fault))
    return redirect(address_of(TIME.entity, saved["Id"]), "saved" if old else "added")


def form_of(entry: Document) -> TimeForm:
    kind = entry["NameOf"]
    pause = int(entry.get("BreakHours", 0)) * 60 + int(entry.get("BreakMinutes", 0))
    return TimeForm(
        worker=f"{kind}:{entry[f'{kind}Ref']['value']}",
        customer=entry.get("CustomerRef", {}).get("value", ""),
        item=entry.get("ItemRef", {}).get("value", ""),
        date=entry.get("TxnDate", ""),
        hours=plain(entry.get("Hours")),
        minutes=plain(entry.get("Minutes")),
        start=_face(entry.get("StartTime", "")),
        end=_face(entry.get("EndTime", "")),
        pause=str(pause or ""),
        billable="1" if entry.get("BillableStatus") == "Billable" else "",
        billed="1" if entry.get("BillableStatus") == BILLED else "",
        rate=plain(entry.get("HourlyRate")),
        cost_rate=plain(entry.get("CostRate")),
        text=entry.get("Description", ""),
        sync_token=entry["SyncToken"],
    )


def _face(text: str) -> str:
    return text.rpartition("T")[2][:5]


def payload_of(form: TimeForm, old: Document | None) -> Document:
    """What to send; an update is sparse, with None for what was emptied or belongs to the other style."""
    kind, _, worker = form.worker.partition(":")
    if kind not in WORKERS or not worker:
        raise Mistake("Choose whose time it is.")
    day = read_date(form.date, "Date")
    payload: Document = {
        "TxnDate": day,
        "NameOf": kind,
        **{f"{name}Ref": {"value": worker} if name == kind else None for name in WORKERS},
        "CustomerRef": {"value": form.customer} if form.customer else None,
        "ItemRef": {"value": form.item} if form.item else None,
        "BillableStatus": BILLED if form.billed else "Billable" if form.billable else "NotBillable",
        "HourlyRate": read_amount(form.rate, "Billing rate") or 0,
        "CostRate": read_amount(form.cost_rate, "Cost rate") or 0,
        "Description": form.text or None,
        **_length(form, day),
    }
    if old is None:
        return {name: value for name, value in payload.items() if value is not None}
    return {**payload, "Id": old["Id"], "SyncToken": form.sync_token, "sparse": True}


def _length(form: TimeForm, day: str) -> Document:
    """One of the two styles; the other one is cleared."""
    by_clock = bool(form.start or form.end)
    if by_clock and (form.hours or form.minutes):
        raise Mistake("Enter either the hours or the start and end, not both.")
    if by_clock:
        return {**dict.fromkeys(DURATION), **_clock_times(form, date.fromisoformat(day))}
    hours, minutes = _whole(form.hours, "Hours"), _whole(form.minutes, "Minutes")
    if not hours and not minutes:
        raise Mistake("Enter the hours worked, or a start and an end.")
    return {**dict.fromkeys(CLOCK), "Hours": hours, "Minutes": minutes, "Seconds": 0}


def _clock_times(form: TimeForm, day: date) -> Document:
    start, end = _read_clock(form.start, "Start"), _read_clock(form.end, "End")
    pause = _whole(form.pause, "Break")
    # An end that is not after the start is on the next day.
    end_day = day if end > start else day + timedelta(days=1)
    return {
        "StartTime": datetime.combine(day, start, PACIFIC).isoformat(),
        "EndTime": datetime.combine(end_day, end, PACIFIC).isoformat(),
        "BreakHours": pause // 60,
        "BreakMinutes": pause % 60,
    }


def _read_clock(text: str, what: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise Mistake(f"{what}: enter a time such as 07:30.") from None


def _whole(text: str, what: str) -> int:
    found = read_amount(text, what)
    if found is not None and (found != int(found) or found < 0):
        raise Mistake(f"{what}: enter a whole number.")
    return int(found or 0)


def _show(
    request: PageRequest, books: Books, form: TimeForm, old: Document | None, *, error: str = ""
) -> PageResponse:
    title = "Edit time entry" if old else "New time entry"
    return page(request, books, title, time_form(books, form, old), error=error, status=422 if error else 200)


def document_form(books: Books, entry: Document) -> Html:
    return time_form(books, form_of(entry), entry)


def time_form(books: Books, form: TimeForm, old: Document | None) -> Html:
    choices = Choices(books)
    address = address_of(TIME.entity, old["Id"]) if old else "/books/new/time"
    return tag(
        "form",
        tag("div", *_who(choices, form), class_="fields"),
        tag("div", *_how_long(form), class_="fields"),
        tag("div", *_prices(form), class_="fields"),
        hidden("sync_token", form.sync_token),
        buttons(
            submit("Save", look="primary"), link(address if old else "/books", "Cancel", class_="button")
        ),
        method="post",
        action=address,
        class_="sheet",
    )


def _who(choices: Choices, form: TimeForm) -> list[Html]:
    people = choices.people(form.worker, WORKERS, nothing="Choose…")
    return [
        labelled("worker", "Name", select("worker", people)),
        labelled("date", "Date", date_input("date", form.date)),
        labelled("customer", "Customer", select("customer", choices.customers(form.customer))),
        labelled("item", "Service", select("item", choices.items(form.item))),
    ]


def _how_long(form: TimeForm) -> list[Html]:
    def clock(name: str, value: str) -> Html:
        return void_tag("input", type="time", id=name, name=name, value=value)

    return [
        labelled("hours", "Hours", amount_input("hours", form.hours)),
        labelled("minutes", "Minutes", amount_input("minutes", form.minutes)),
        labelled("start", "or start", clock("start", form.start)),
        labelled("end", "and end", clock("end", form.end), hint="Earlier than the start: next day"),
        labelled("pause", "less break, minutes", amount_input("pause", form.pause)),
    ]


def _prices(form: TimeForm) -> list[Html]:
    if form.billed:
        state = tag("p", tag("span", "Billed: on an invoice", class_="badge"), hidden("billed", "1"))
    else:
        state = ticked("billable", "Billable to the customer", checked=bool(form.billable))
    return [
        tag("div", state, class_="field"),
        labelled("rate", "Billing rate per hour", amount_input("rate", form.rate)),
        labelled("cost_rate", "Cost rate per hour", amount_input("cost_rate", form.cost_rate)),
        labelled("text", "Description", text_input("text", form.text), wide=True),
    ]
