"""A bill's own page, and the preview of what would be sent."""

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from budgets.bills.facts import load_facts, total_of_lines
from budgets.bills.linking import list_candidates
from budgets.bills.listing import BILL, Reach, sending_of, shares_of
from budgets.bills.looking_ahead import look_ahead
from budgets.bills.preview import preview_of
from budgets.bills.pushes import KIND, find_bill_push
from budgets.bills.readiness import Obstacle
from budgets.bills.staying import PUSHING_OFF, find_stays
from budgets.bills.telling import choices_of, history_of, road_of
from budgets.models import Bill, BillLine, BillPaymentPart, BillState, CostLine
from budgets.views.bills.files import draw_bill_files
from budgets.views.bills.finding import get_bill, seen_among
from integrations.deep_links import link_to_document
from integrations.models import Push, PushState, QuickBooksAccount, QuickBooksItem
from integrations.push_log import show_pushes
from ressio.access import financials_required
from ressio.http import CompanyRequest
from ressio.money import ZERO, round_cents


@require_safe
@financials_required
def show_bill(request: CompanyRequest, company: str, bill_id: int) -> HttpResponse:
    return render_bill(request, *get_bill(request, bill_id))


def render_bill(
    request: CompanyRequest, bill: Bill, reach: Reach, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    """`refusal`: what a verb said, shown on top of the page that it was asked from."""
    choices = choices_of(bill, request.member)
    lines = list(bill.lines.select_related("cost_code"))
    push = find_bill_push(bill)
    ahead = look_ahead(bill, lines) if bill.is_ours and bill.is_open else None
    context: dict[str, Any] = {
        "bill": bill,
        "refusal": refusal,
        "choices": choices,
        "road": road_of(bill),
        "sending": sending_of(bill),
        "shares": shares_of(bill, reach),
        "history": history_of(bill),
        "payments": _payments(bill),
        "push": push,
        "shown_push": show_pushes([push], request.company)[0] if push else None,
        "stay": find_stays([bill]).get(bill.pk) if bill.is_ours else None,
        "lines_total": total_of_lines(lines),
        "theirs_total": _total_there(bill),
        "way_out": _way_out(bill, lines, push),
        "tries": _tries(bill),
        "candidates": list_candidates(bill) if choices.link else [],
        "quickbooks_url": link_to_document(BILL, bill.quickbooks_id)
        if bill.quickbooks_id and not bill.is_gone and not bill.is_in_earlier_books
        else "",
        **draw_bill_files(request, bill),
        "lines": lines if bill.is_ours else [],
        "lines_there": [] if bill.is_ours else _lines_there(bill, reach),
        "ahead": ahead,
        "seen_duplicates": seen_among(request, ahead.duplicates if ahead else []),
    }
    return render(request, "budgets/bills/bill.html", context, status=status)


@require_safe
@financials_required
def show_preview(request: CompanyRequest, company: str, bill_id: int) -> HttpResponse:
    bill, _ = get_bill(request, bill_id)
    if not choices_of(bill, request.member).preview:
        raise Http404("Nothing of this bill is ever sent.")
    preview = preview_of(bill)
    context = {
        "bill": bill,
        "preview": preview,
        "seen_duplicates": seen_among(request, preview.ahead.duplicates if preview.ahead else []),
    }
    return render(request, "budgets/bills/preview.html", context)


def _payments(bill: Bill) -> list[BillPaymentPart]:
    if not bill.quickbooks_id:
        return []
    parts = BillPaymentPart.objects.filter(connection=bill.connection, bill_ref=bill.quickbooks_id)
    return list(parts.order_by("paid_on", "pk"))


def _way_out(bill: Bill, lines: list[BillLine], push: Push | None) -> Obstacle | None:
    """What holds it, with the page where that is put right."""
    if push is None or push.state != PushState.HELD or bill.project is None:
        return None
    if push.hold_code in PUSHING_OFF:
        return Obstacle(push.hold_code, push.hold_sentence, "project-financials", bill.project_id)
    if bill.state != BillState.APPROVED:
        return None
    return next((each for each in look_ahead(bill, lines).obstacles if each.code == push.hold_code), None)


def _total_there(bill: Bill) -> Decimal | None:
    """What QuickBooks' lines come to while somebody has to choose between them and ours."""
    if not bill.conflicts:
        return None
    return sum((round_cents(line.amount) for line in load_facts(bill.conflicts["theirs"]).lines), ZERO)


def _tries(bill: Bill) -> list[Any]:
    """Every request that carried it, newest first."""
    pushes = Push.objects.filter(kind=KIND, subject_id=str(bill.pk)).prefetch_related("attempts")
    return sorted(
        (attempt for push in pushes for attempt in push.attempts.all()),
        key=lambda attempt: attempt.began_at,
        reverse=True,
    )[:20]


def _lines_there(bill: Bill, reach: Reach) -> list[dict[str, Any]]:
    """The lines of a bill made in QuickBooks that belong to projects this member may see, with names."""
    lines = list(
        CostLine.objects.filter(
            connection=bill.connection,
            entity=BILL,
            document_ref=bill.quickbooks_id,
            customer_ref__in=sorted(reach.owners),
        ).order_by("pk")
    )
    items = _names(QuickBooksItem, bill, {line.item_ref for line in lines})
    accounts = _names(QuickBooksAccount, bill, {line.account_ref for line in lines})
    return [
        {
            "line": line,
            "project": reach.owners[line.customer_ref],
            "what": items.get(line.item_ref) or accounts.get(line.account_ref, ""),
        }
        for line in lines
    ]


def _names(model: Any, bill: Bill, refs: set[str]) -> dict[str, str]:
    rows = model.objects.filter(connection=bill.connection, quickbooks_id__in=refs)
    return dict(rows.values_list("quickbooks_id", "full_name"))
