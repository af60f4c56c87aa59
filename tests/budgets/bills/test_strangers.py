"""Nobody gets at another project's bills, files and pushes through an id they send, in the address or in the body."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from budgets.bills.drafting import BillInput, create_bill
from budgets.models import Bill, BillFile, BillLine
from integrations.models import ProjectLink, Push
from integrations.switches import set_switches
from ressio.models import Activity, Project, ProjectFile
from ressio.scoping import scope, scopes_disabled
from tests.budgets.bills.office import Office
from tests.budgets.bills.test_files_out import attach
from tests.support.api import Program
from tests.support.cast import Cast, SignIn

SECRET = "Hush"
"""Stands in everything of the other project that could be told."""
Case = tuple[str, str, dict[str, Any], int]


@pytest.fixture(autouse=True)
def fresh_request_limits() -> None:
    cache.clear()


@pytest.fixture
def theirs(office: Office, cast: Cast) -> Bill:
    """A bill of the barn, with a file and a push, in a project that neither Bob nor Fred is on; Bob may enter bills."""
    Project.objects.filter(pk=cast.ridge_barn.pk).update(name=f"{SECRET} barn")
    barn = Project.objects.get(pk=cast.ridge_barn.pk)
    customer = office.realm.enter_document("Customer", {"DisplayName": barn.name})["Id"]
    shared = {"company": office.company, "connection": office.connection}
    ProjectLink.objects.create(**shared, project=barn, customer_ref=customer)
    changes = {"push_bills": True, "default_billing_code": office.codes[0]}
    set_switches(project=barn, changes=changes, actor=None, now=timezone.now())
    given: BillInput = office.given("INV-1", description=f"{SECRET} lumber")
    bill = create_bill(project=barn, given=given, member=office.admin, now=timezone.now())
    attach(office, bill, f"{SECRET}.pdf")
    office.approve(bill)
    office.member.can_create_bills = True
    office.member.save()
    return bill


def everything() -> list[Any]:
    with scopes_disabled():
        tables = (Bill, BillLine, BillFile, ProjectFile, Push, Activity)
        return [list(model._base_manager.order_by("pk").values()) for model in tables]


def refuse_all(program: Program, cases: list[Case]) -> None:
    before = everything()
    for method, path, values, status in cases:
        answer = program.ask(method, path, values)
        assert (method, path, values, answer.status) == (method, path, values, status)
        assert SECRET not in str(answer.body)
    assert everything() == before


def body(office: Office, **changes: Any) -> dict[str, Any]:
    line = {"cost_code_id": office.codes[0].pk, "amount": "1.00"}
    values = {"vendor_id": office.vendor.pk, "number": "NEW", "issued_on": "2026-03-02", "lines": [line]}
    return values | changes


def test_programs_of_people_who_are_not_on_the_project(office: Office, cast: Cast, theirs: Bill) -> None:
    mine = office.enter("INV-1")
    file, push = BillFile.objects.get(bill=theirs), office.push_of(theirs)
    house, barn, bill = f"projects/{office.project.pk}", f"projects/{theirs.project_id}", f"bills/{theirs.pk}"
    summit_lines = [{"cost_code_id": cast.summit_code.pk, "amount": "1.00"}]
    steps = ("submit", "send-back", "copy")
    approver_steps = ("approve", "take-back", "send", "retry", "skip", "allow-duplicate", "unlink")
    shared: list[Case] = [
        ("GET", bill, {}, 404),
        ("GET", f"{bill}/preview", {}, 404),
        ("GET", f"{bill}/files", {}, 404),
        ("GET", f"bill-files/{file.pk}", {}, 404),
        ("GET", f"{barn}/bills", {}, 404),
        ("GET", f"{barn}/bills/earlier", {}, 404),
    ]
    bob: list[Case] = [
        *shared,
        ("POST", f"{barn}/bills", body(office), 404),
        ("POST", f"{house}/bills", body(office, vendor_id=cast.summit_vendor.pk), 400),
        ("POST", f"{house}/bills", body(office, lines=summit_lines), 400),
        ("PATCH", f"bills/{mine.pk}", {"project_id": theirs.project_id}, 400),
        ("PATCH", f"bills/{mine.pk}", {"project_id": cast.summit_tower.pk}, 400),
        ("PATCH", f"bills/{mine.pk}", {"vendor_id": cast.summit_vendor.pk}, 400),
        ("PATCH", f"bills/{mine.pk}", {"lines": summit_lines}, 400),
        ("PATCH", bill, {"project_id": office.project.pk}, 404),
        ("PUT", bill, body(office, project_id=office.project.pk), 404),
        ("DELETE", bill, {}, 404),
        *[("POST", f"{bill}/{step}", {}, 404) for step in steps],
        *[("POST", f"{bill}/{step}", {}, 403) for step in approver_steps],
        ("POST", f"bills/{mine.pk}/link", {"quickbooks_id": "1"}, 403),
        ("DELETE", f"bill-files/{file.pk}", {}, 404),
        ("GET", f"{house}/files/{file.file_id}", {}, 404),
        ("GET", f"{house}/files/{file.file_id}/download", {}, 404),
        ("PATCH", f"{house}/files/{file.file_id}", {"is_client_visible": True}, 404),
        ("GET", f"{barn}/files", {}, 404),
        ("GET", f"quickbooks/pushes/{push.pk}", {}, 403),
        ("POST", f"quickbooks/pushes/{push.pk}/skip", {}, 403),
    ]
    member = Program(office.member)
    refuse_all(member, bob)
    of_files = (f"{house}/files", f"{barn}/files")  # whoever is on a project sees its files, Field too
    fred: list[Case] = [(how, path, {}, 403) for how, path, _, _ in bob if not path.startswith(of_files)]
    refuse_all(Program(cast.fred), fred)
    for query in (
        {"project_id": theirs.project_id},
        {"search": SECRET},
        {"vendor_id": cast.summit_vendor.pk},
    ):
        assert member.get("bills", **query).body["count"] == 0
    assert member.get(f"{house}/files", subject_kind="bill", subject_id=str(theirs.pk)).body["count"] == 0
    ahead = member.get(f"bills/{mine.pk}/preview").body
    assert (ahead["duplicate_ids"], ahead["duplicate_count"]) == ([], 1)


def test_programs_of_another_company(office: Office, cast: Cast, theirs: Bill) -> None:
    """Their own addresses, our ids."""
    file, push = BillFile.objects.get(bill=theirs), office.push_of(theirs)
    tower, bill = f"projects/{cast.summit_tower.pk}", f"bills/{theirs.pk}"
    summit = {
        "vendor_id": cast.summit_vendor.pk,
        "lines": [{"cost_code_id": cast.summit_code.pk, "amount": "1.00"}],
    }
    with scope(company=cast.summit):
        given = BillInput(cast.summit_vendor, "S-1", timezone.localdate())
        own = create_bill(project=cast.summit_tower, given=given, member=cast.charlie, now=timezone.now())
    steps = ("submit", "approve", "send", "retry", "skip", "take-back", "unlink", "allow-duplicate", "copy")
    cases: list[Case] = [
        ("POST", f"{tower}/bills", body(office, **{**summit, "vendor_id": office.vendor.pk}), 400),
        ("POST", f"{tower}/bills", body(office, vendor_id=cast.summit_vendor.pk), 400),
        ("PATCH", f"bills/{own.pk}", {"project_id": theirs.project_id}, 400),
        ("PATCH", f"bills/{own.pk}", {"vendor_id": office.vendor.pk}, 400),
        ("PUT", f"bills/{own.pk}", body(office), 400),
        ("GET", bill, {}, 404),
        ("DELETE", bill, {}, 404),
        *[("POST", f"{bill}/{step}", {}, 404) for step in steps],
        ("POST", f"{bill}/link", {"quickbooks_id": "1"}, 404),
        ("POST", f"bills/{own.pk}/link", {"quickbooks_id": "1"}, 409),
        ("POST", f"projects/{theirs.project_id}/bills/earlier", {"expected": 0}, 404),
        ("POST", f"vendors/{office.vendor.pk}/create-in-quickbooks", {}, 404),
        ("GET", f"bill-files/{file.pk}", {}, 404),
        ("DELETE", f"bill-files/{file.pk}", {}, 404),
        ("GET", f"{tower}/files/{file.file_id}/download", {}, 404),
        ("GET", f"quickbooks/pushes/{push.pk}", {}, 404),
        ("POST", f"quickbooks/pushes/{push.pk}/link", {"quickbooks_id": "1"}, 404),
        ("POST", f"quickbooks/pushes/{push.pk}/skip", {}, 404),
    ]
    charlie = Program(cast.charlie)
    refuse_all(charlie, cases)
    assert charlie.get("bills", project_id=theirs.project_id).body["count"] == 0


def test_forms(office: Office, cast: Cast, theirs: Bill, sign_in: SignIn) -> None:
    mine = office.enter("MINE")
    file = BillFile.objects.get(bill=theirs)
    bob, charlie, fred = sign_in(office.member), sign_in(cast.charlie), sign_in(cast.fred)
    ours, summit = "/c/ridge/bills/", "/c/summit/bills/"
    tower = {"project": cast.summit_tower.pk, "vendor": cast.summit_vendor.pk}
    cases: list[tuple[Client, str, dict[str, Any], int]] = [
        *[
            (bob, f"{ours}{page}", form(office, **changes), 400)
            for page in ("new/", f"{mine.pk}/edit/")
            for changes in (
                {"project": theirs.project_id},
                {"project": cast.summit_tower.pk},
                {"vendor": cast.summit_vendor.pk},
                {"lines-0-cost_code": cast.summit_code.pk},
            )
        ],
        (bob, f"{ours}new/", form(office, project=theirs.project_id, look="1"), 200),
        (bob, f"{ours}{theirs.pk}/edit/", form(office), 404),
        (bob, f"{ours}{theirs.pk}/do/copy/", {}, 404),
        (bob, f"{ours}{mine.pk}/do/link/", {"document": "1"}, 403),
        (bob, f"{ours}{theirs.pk}/files/{file.pk}/remove/", {}, 404),
        (bob, f"{ours}{mine.pk}/files/{file.pk}/remove/", {}, 404),
        (bob, f"{ours}{mine.pk}/files/{file.pk}/retry/", {}, 404),
        (fred, f"{ours}new/", form(office), 403),
        (fred, f"{ours}{mine.pk}/files/{file.pk}/remove/", {}, 403),
        (charlie, f"{summit}new/", form(office, **tower), 400),
        (
            charlie,
            f"{summit}new/",
            form(office, **{**tower, "vendor": office.vendor.pk, "lines-0-cost_code": ""}),
            400,
        ),
        (charlie, f"{summit}new/", form(office), 400),
        (charlie, f"{summit}{theirs.pk}/do/approve/", {}, 404),
        (charlie, f"/c/summit/projects/{theirs.project_id}/bills/send-earlier/", {"expected": "0"}, 404),
    ]
    before = everything()
    for client, address, values, status in cases:
        answer = client.post(address, values)
        assert (address, values, answer.status_code) == (address, values, status)
        assert SECRET not in answer.content.decode()
    assert everything() == before
    for address in (
        f"{ours}?project={theirs.project_id}",
        f"{ours}bills.csv?project={theirs.project_id}",
        ours,
    ):
        assert SECRET not in bob.get(address).content.decode()


def form(office: Office, **changes: Any) -> dict[str, Any]:
    return {
        "project": office.project.pk,
        "vendor": office.vendor.pk,
        "number": "NEW",
        "issued_on": "2026-03-02",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-cost_code": office.codes[0].pk,
        "lines-0-amount": "1.00",
        **changes,
    }
