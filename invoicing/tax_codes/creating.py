"""Making a tax code in QuickBooks: a named action of an Admin, exactly once (K9).

Nothing there is ever changed or deleted: QuickBooks has no way to, and a changed percentage is a new code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from budgets.reading import Json, read_text
from integrations.connecting import current_connection
from integrations.models import OPEN_STATES, Connection, Push
from integrations.outbox import request_push
from invoicing.models import NewTaxCode
from invoicing.tax_codes.mirrored import (
    TaxLists,
    TaxModel,
    is_active,
    load_tax_lists,
    load_tax_prefs,
    tax_model_of,
)
from invoicing.tax_codes.reading import Side
from ressio.activity import record_activity
from ressio.models import Company, TeamMember

KIND = "tax_code"
NOT_ALLOWED = "not_allowed"
LONGEST_NAME = 100
HUNDRED = Decimal(100)
PERCENT_PLACES = 5

NOT_CONNECTED = "QuickBooks is not connected."
REASONS = {
    TaxModel.UNKNOWN: "QuickBooks has not been read yet. Sync the lists first.",
    TaxModel.NONE: "Sales tax is not turned on in QuickBooks. Turn it on there, under Taxes, and sync the lists.",
    TaxModel.US_AUTOMATED: "QuickBooks works out this company's sales tax by itself (automated sales tax): it picks "
    "the rates by the addresses, and a code made here would never be used. Agencies and rates are set up there, under "
    "Taxes.",
}


class TaxCodeRefused(Exception):
    """The message is for people; nothing was asked of QuickBooks. `field` is what it is about, if one."""

    def __init__(self, message: str, *, code: str, field: str = "") -> None:
        self.code, self.field = code, field
        super().__init__(message)


@dataclass(frozen=True)
class RateInput:
    """A rate that QuickBooks has, by its id; or a new one with a name, a percentage and an agency."""

    side: Side = Side.SALES
    rate_id: str = ""
    name: str = ""
    percent: Decimal | None = None
    agency_id: str = ""


@dataclass(frozen=True)
class TaxCodeInput:
    name: str
    rates: tuple[RateInput, ...]


def why_not(connection: Connection | None) -> str:
    """What stands in the way of making codes at all, for people; empty when nothing does."""
    if connection is None or not connection.is_usable:
        return NOT_CONNECTED
    return REASONS.get(tax_model_of(connection, load_tax_prefs(connection)), "")


def create_tax_code_in_quickbooks(
    *, company: Company, given: TaxCodeInput, member: TeamMember, now: datetime
) -> Push:
    """The code appears here as soon as QuickBooks has it. Asked twice while it is on its way, it is made once.

    Raises TaxCodeRefused.
    """
    if not member.is_admin:
        raise TaxCodeRefused("You may not add tax codes to QuickBooks. Ask an Admin.", code=NOT_ALLOWED)
    connection = current_connection(company)
    with transaction.atomic():
        rates = [_as_sent(rate) for rate in given.rates]
        name = " ".join(given.name.split())
        if connection is not None and (push := _find_open(connection, name, rates)):
            return push
        check_may_be_made(connection, name, rates)
        assert connection is not None
        assert member.user is not None
        asked = NewTaxCode.objects.create(
            company=company,
            connection=connection,
            name=name,
            rates=rates,
            requested_by=member.user,
            requested_at=now,
        )
        record_activity(
            company=company, actor=member.user, verb="added to QuickBooks the tax code", subject=asked
        )
        push = request_push(
            connection=connection,
            kind=KIND,
            subject_id=str(asked.pk),
            subject_label=name,
            requested_by=member.user,
            now=now,
        )
        # TaxService cannot be part of a batch.
        push.goes_alone = True
        push.save(update_fields=["goes_alone"])
    return push


def _find_open(connection: Connection, name: str, rates: Sequence[Json]) -> Push | None:
    """The same wish, still on its way or held."""
    pushes = Push.objects.filter(connection=connection, kind=KIND, state__in=OPEN_STATES)
    asked = NewTaxCode.objects.filter(connection=connection, name=name, rates=list(rates))
    ids = [str(pk) for pk in asked.values_list("pk", flat=True)]
    found: Push | None = pushes.filter(subject_id__in=ids).first()
    return found


def _as_sent(rate: RateInput) -> dict[str, Any]:
    """As TaxService is told of it."""
    if rate.rate_id:
        return {"TaxRateId": rate.rate_id, "TaxApplicableOn": rate.side.value}
    percent = "" if rate.percent is None else format(rate.percent.normalize(), "f")
    return {
        "TaxRateName": " ".join(rate.name.split()),
        "RateValue": percent,
        "TaxAgencyId": rate.agency_id,
        "TaxApplicableOn": rate.side.value,
    }


# Checks, also made again before it leaves ----------------------------------------------------------------------------


def check_may_be_made(
    connection: Connection | None, name: str, rates: Sequence[Json], *, ours: str = ""
) -> None:
    """Raises TaxCodeRefused. `ours` is the id of the wish itself, which does not stand in its own way."""
    reason = why_not(connection)
    if reason or connection is None:
        raise TaxCodeRefused(reason, code="not_possible")
    lists = load_tax_lists(connection)
    _check_name(name, lists.codes, "name", "tax code")
    if _is_on_its_way(connection, name, ours):
        raise TaxCodeRefused(
            f"A tax code “{name}” is on its way to QuickBooks.", code="on_its_way", field="name"
        )
    if not rates:
        raise TaxCodeRefused("A tax code has at least one rate.", code="no_rate", field="rates")
    for rate in rates:
        _check_rate(rate, lists)
    named = [str(rate.get("TaxRateId") or rate["TaxRateName"].casefold()) for rate in rates]
    if len(set(named)) < len(named):
        raise TaxCodeRefused("A rate can be in a tax code only once.", code="twice", field="rates")


def _check_rate(rate: Json, lists: TaxLists) -> None:
    if "TaxRateId" in rate:
        known = lists.rates.get(rate["TaxRateId"])
        if known is None or not is_active(known):
            raise TaxCodeRefused("QuickBooks has no such rate.", code="rate", field="rate_id")
        return
    _check_name(rate["TaxRateName"], lists.rates, "rate_name", "tax rate")
    _check_percent(rate["RateValue"])
    if rate["TaxAgencyId"] not in lists.agencies:
        raise TaxCodeRefused("Choose the agency that the tax is paid to.", code="agency", field="agency_id")


def _check_name(name: str, taken: Any, field: str, what: str) -> None:
    if not name:
        raise TaxCodeRefused(f"Give the {what} a name.", code="name", field=field)
    if len(name) > LONGEST_NAME:
        raise TaxCodeRefused(f"QuickBooks takes {LONGEST_NAME} characters at most.", code="name", field=field)
    for document in taken.values():
        if read_text(document.get("Name")).strip().casefold() == name.casefold():
            state = "" if is_active(document) else ", which is inactive there"
            raise TaxCodeRefused(
                f"QuickBooks has a {what} “{document['Name']}”{state}. Use that one, or choose another name.",
                code="taken",
                field=field,
            )


def _check_percent(text: str) -> None:
    percent = Decimal(text) if text else None
    if percent is None or not 0 <= percent <= HUNDRED:
        raise TaxCodeRefused("A percentage is from 0 to 100.", code="percent", field="percent")
    if percent != round(percent, PERCENT_PLACES):
        raise TaxCodeRefused(
            f"A percentage has at most {PERCENT_PLACES} decimals.", code="percent", field="percent"
        )


def _is_on_its_way(connection: Connection, name: str, ours: str) -> bool:
    """Of two of the same name the earlier one goes."""
    asked = NewTaxCode.objects.filter(connection=connection, name__iexact=name)
    if ours:
        asked = asked.filter(pk__lt=int(ours))
    ids = [str(pk) for pk in asked.values_list("pk", flat=True)]
    return Push.objects.filter(
        connection=connection, kind=KIND, subject_id__in=ids, state__in=OPEN_STATES
    ).exists()
