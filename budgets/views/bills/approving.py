"""Approving many bills at once: ticked in the list, told in numbers, then approved."""

from collections.abc import Sequence

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from budgets.bills.approval import Approved, approve_bills
from budgets.bills.approving_many import MOST, foresee_approval
from budgets.bills.listing import reach_of, visible_bills
from budgets.bills.words import say_amount
from budgets.models import Bill, BillOrigin
from ressio.access import admin_required
from ressio.http import CompanyRequest
from ressio.money import ZERO
from ressio.views.places import company_url, read_next

MOST_REFUSALS = 5


@require_http_methods(["GET", "HEAD", "POST"])
@admin_required
def approve_many(request: CompanyRequest, company: str) -> HttpResponse:
    """Says how many bills and dollars, and how many go to QuickBooks, then approves exactly those (U1)."""
    back = read_next(request, company_url("bills", request.company))
    if request.method == "POST":
        bills = _chosen(request, request.POST.getlist("bill"))
        marks = {bill.pk: request.POST.get(f"seen-{bill.pk}", "") for bill in bills}
        done = approve_bills(bills=list(bills), member=request.member, now=timezone.now(), marks=marks)
        _say(request, done)
        return redirect(back)
    outlook = foresee_approval(_chosen(request, request.GET.getlist("bill")))
    return render(request, "budgets/bills/approve_many.html", {"outlook": outlook, "back": back})


def _chosen(request: CompanyRequest, given: Sequence[str]) -> "QuerySet[Bill]":
    ids = [int(text) for text in given if text.isdecimal() and len(text) < 10][:MOST]
    bills = visible_bills(reach_of(request.member)).filter(pk__in=ids, origin=BillOrigin.RESSIO)
    return bills.order_by("issued_on", "pk")


def _say(request: CompanyRequest, done: Approved) -> None:
    if done.bills:
        total = say_amount(sum((bill.total for bill in done.bills), ZERO))
        number = f"{len(done.bills)} bill{'s' if len(done.bills) != 1 else ''}"
        messages.success(request, f"Approved {number}, {total} in all. They count in the budget from now on.")
    for bill, sentence in done.refused[:MOST_REFUSALS]:
        messages.warning(request, f"{bill} is not approved. {sentence}")
    left = len(done.refused) - MOST_REFUSALS
    if left > 0:
        messages.warning(request, f"{left} more are not approved.")
