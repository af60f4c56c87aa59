"""What must be true in the end, whatever happened on the way. Each check says what is wrong, or nothing."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from budgets.counting import count_project
from budgets.models import OWN_BILL, Bill, BillOrigin, BillState, CostLine
from budgets.tie_out import check_documents
from integrations.models import Connection, ConnectionStatus, Push, PushBatch, PushState
from tests.budgets.bills.office import Office
from tests.faults.invoices import Fate, InvoicePlan, check_invoices, rightly_held
from tests.faults.office import Plan
from tests.invoicing.office import InvoiceOffice


def find_faults(office: InvoiceOffice, plan: Plan, invoices: InvoicePlan) -> list[str]:
    checks = (check_books, check_files, check_bills, check_budget, check_connection)
    found = [problem for check in checks for problem in check(office, plan)]
    return [*found, *check_invoices(office, invoices), *check_pushes(plan, invoices)]


def check_books(office: Office, plan: Plan) -> Iterator[str]:
    there = office.bills_there()
    if len(there) != len(plan.amounts):
        yield f"QuickBooks holds {len(there)} bills instead of {len(plan.amounts)}."
    numbers = Counter(document["DocNumber"] for document in there)
    yield from (f"{number} is in QuickBooks {times} times." for number, times in numbers.items() if times > 1)
    yield from (f"{number} is not in QuickBooks." for number in sorted(plan.amounts.keys() - numbers.keys()))
    yield from (f"{number} is nobody's bill." for number in sorted(numbers.keys() - plan.amounts.keys()))
    for document in there:
        number, total = document["DocNumber"], Decimal(document["TotalAmt"])
        if total != plan.amounts.get(number, total):
            yield f"{number} comes to {total} in QuickBooks instead of {plan.amounts[number]}."


def check_files(office: Office, plan: Plan) -> Iterator[str]:
    """Each hangs on its own bill, once."""
    numbers = {document["Id"]: document["DocNumber"] for document in office.bills_there()}
    found = Counter(
        (document["FileName"], numbers.get(link["EntityRef"]["value"], "another"))
        for document in office.realm.list_documents("Attachable")
        for link in document.get("AttachableRef", [])
    )
    wanted = Counter((name, number) for name, number in plan.files.items())
    yield from (f"{name} of {number} is missing." for name, number in sorted(wanted - found))
    yield from (f"{name} hangs once too often on {number}." for name, number in sorted(found - wanted))


def check_bills(office: Office, plan: Plan) -> Iterator[str]:
    bills = list(Bill.objects.filter(origin=BillOrigin.RESSIO))
    if len(bills) != len(plan.amounts):
        yield f"Ressio holds {len(bills)} bills instead of {len(plan.amounts)}."
    foreign = Bill.objects.exclude(origin=BillOrigin.RESSIO).count()
    if foreign:
        yield f"{foreign} bills are taken for made in QuickBooks."
    yield from (f"{bill.number} is {bill.state} here." for bill in bills if bill.state != BillState.UNPAID)
    ids = Counter(bill.quickbooks_id for bill in bills)
    yield from (
        f"Bill {ref or 'without id'} is {times} bills here." for ref, times in ids.items() if times > 1
    )
    there = {document["Id"]: document["DocNumber"] for document in office.bills_there()}
    for bill in bills:
        if there.get(bill.quickbooks_id) != bill.number:
            yield f"{bill.number} is linked to {there.get(bill.quickbooks_id)}."
        if bill.conflicts:
            yield f"{bill.number} is in conflict: {bill.conflicts['fields']}."


def check_budget(office: Office, plan: Plan) -> Iterator[str]:
    costs = count_project(office.project)
    if costs.counted.amount != plan.total:
        yield f"The budget counts {costs.counted.amount} instead of {plan.total}."
    if costs.difference:
        yield f"Total, counted and left out differ by {costs.difference}."
    if costs.excluded.amount:
        yield f"{costs.excluded.amount} is left out."
    own = CostLine.objects.filter(entity=OWN_BILL).count()
    if own:
        yield f"{own} cost lines count for bills that are in QuickBooks."
    check = check_documents(costs)
    yield from (
        f"{each.entity} {each.document_ref}: {each.stored} stored, {each.expected} expected."
        for each in check.differences
    )


def check_pushes(plan: Plan, invoices: InvoicePlan) -> Iterator[str]:
    """Nothing is unexplained: what is not done says why. Voids of paid invoices are held, and nothing else is."""
    held = rightly_held(invoices)
    for push in Push.objects.exclude(state=PushState.DONE).exclude(pk__in=held):
        yield f"{push} is {push.state}: {push.hold_sentence or 'without a word'} ({push.hold_code})"
    paid, changed = invoices.count(Fate.PAID), invoices.count(Fate.CHANGED)
    if len(held) != paid:
        yield f"{len(held)} voids are held by a payment instead of {paid}."
    wanted = len(plan.amounts) + len(plan.files) + len(invoices.amounts) + len(invoices.voided) + changed
    done = Push.objects.filter(state=PushState.DONE).count()
    if done != wanted:
        yield f"{done} pushes are done instead of {wanted}."
    left = PushBatch.objects.exclude(state="closed").count()
    if left:
        yield f"{left} batches are open."


def check_connection(office: Office, plan: Plan) -> Iterator[str]:
    connection = Connection.objects.get(pk=office.connection.pk)
    if connection.status != ConnectionStatus.CONNECTED:
        yield f"The connection is {connection.status}."
