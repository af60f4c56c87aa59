"""The bill an address names, as this member sees it."""

from django.http import Http404

from budgets.bills.listing import Reach, find_visible, reach_of
from budgets.models import Bill
from ressio.http import CompanyRequest


def get_bill(request: CompanyRequest, bill_id: int) -> tuple[Bill, Reach]:
    """404 for what the member may not see: it looks like one that does not exist."""
    reach = reach_of(request.member)
    bill = find_visible(reach, bill_id)
    if bill is None:
        raise Http404("No such bill.")
    return bill, reach
