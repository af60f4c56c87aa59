"""The bill an address names, as this member sees it."""

from collections.abc import Sequence

from django.http import Http404

from budgets.bills.listing import Reach, find_visible, reach_of, visible_bills
from budgets.models import Bill
from ressio.http import CompanyRequest


def get_bill(request: CompanyRequest, bill_id: int) -> tuple[Bill, Reach]:
    """404 for what the member may not see: it looks like one that does not exist."""
    reach = reach_of(request.member)
    bill = find_visible(reach, bill_id)
    if bill is None:
        raise Http404("No such bill.")
    return bill, reach


def seen_among(request: CompanyRequest, bills: Sequence[Bill]) -> set[int]:
    """Ids of those this member may see: of another project's bill they are told that it exists, and no more."""
    if request.member.is_admin or not bills:
        return {bill.pk for bill in bills}
    visible = visible_bills(reach_of(request.member)).filter(pk__in=[bill.pk for bill in bills])
    return set(visible.values_list("pk", flat=True))
