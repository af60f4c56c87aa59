"""The paper-clip in the Applied Actuals window: which files hang on the bill behind a line (M49, M50)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Q

from budgets.models import OWN_BILL, BillFile, CostLine
from ressio.models import Project, ProjectFile

Document = tuple[str, str]
"""Entity and id, as a cost line names what it is a line of."""


def files_by_document(project: Project, lines: Iterable[CostLine]) -> Mapping[Document, list[ProjectFile]]:
    """The project's own copies, oldest first; one query, none where no line is of a bill."""
    lines = list(lines)
    there = {line.document_ref for line in lines if line.entity == "Bill"}
    own = {int(line.document_ref) for line in lines if line.entity == OWN_BILL}
    if not there and not own:
        return {}
    connections = {line.connection_id for line in lines if line.connection_id}
    of_lines = Q(bill__in=own) | Q(bill__connection__in=connections, bill__quickbooks_id__in=there)
    found: dict[Document, list[ProjectFile]] = defaultdict(list)
    files = BillFile.objects.filter(of_lines, file__project=project).select_related("file", "bill")
    for each in files.order_by("added_at", "pk"):
        found["Bill", each.bill.quickbooks_id].append(each.file)
        found[OWN_BILL, str(each.bill_id)].append(each.file)
    return found
