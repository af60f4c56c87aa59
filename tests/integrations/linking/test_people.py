"""Vendors and team members: linking, importing, and who is on payroll."""

import pytest

from integrations.linking import (
    AlreadyLinked,
    LinkRefused,
    NamesTaken,
    NotConnected,
    NotEligible,
    NotFound,
    PayrollDecidedElsewhere,
    confirm_on_payroll,
    find_employee,
    import_employees,
    import_vendors,
    link_employee,
    link_vendor,
    payroll_state,
    unlink_employee,
    unlink_vendor,
    withdraw_on_payroll,
)
from integrations.models import EmployeeLink, VendorLink
from ressio.models import Activity, Role, TeamMember, User, Vendor
from ressio.scoping import scope
from tests.support.cast import Cast

from .conftest import LATER, NOW, Books


def test_a_vendor_is_linked_and_unlinked(cast: Cast, books: Books, alice: User) -> None:
    link_vendor(vendor=cast.lumber_yard, row=books.vendor("31", "Lumber Yard Co."), actor=alice, now=NOW)
    assert [(link.vendor, link.vendor_ref) for link in VendorLink.objects.all()] == [(cast.lumber_yard, "31")]

    assert unlink_vendor(vendor=cast.lumber_yard, connection=books.connection, actor=alice)
    assert list(VendorLink.objects.all()) == []
    assert cast.lumber_yard.name == "Lumber Yard"


def test_a_vendor_that_is_taken_is_refused_by_name(cast: Cast, books: Books, alice: User) -> None:
    row = books.vendor("31", "Lumber Yard")
    link_vendor(vendor=cast.lumber_yard, row=row, actor=alice, now=NOW)
    other = Vendor.objects.create(company=cast.ridge, name="Other Yard")

    with pytest.raises(AlreadyLinked, match="“Lumber Yard” is already linked to the vendor “Lumber Yard”"):
        link_vendor(vendor=other, row=row, actor=alice, now=NOW)


def test_vendors_are_imported_with_what_fits(cast: Cast, books: Books, alice: User) -> None:
    rows = [
        books.vendor("31", "Pike Plumbing", email="Office@Pike.example, b@pike.example", phone="555 0100"),
        books.vendor("32", "Old Paint (deleted)", email="not an address", is_active=False),
    ]

    import_vendors(connection=books.connection, rows=rows, actor=alice, now=NOW)

    imported = Vendor.objects.exclude(pk=cast.lumber_yard.pk).order_by("name")
    assert [(vendor.name, vendor.email, vendor.phone, vendor.is_active) for vendor in imported] == [
        ("Old Paint", "", "", False),
        ("Pike Plumbing", "office@pike.example", "555 0100", True),
    ]
    assert VendorLink.objects.count() == 2


def test_a_vendor_of_the_same_name_is_offered_for_linking(cast: Cast, books: Books, alice: User) -> None:
    row = books.vendor("31", "LUMBER YARD")
    with pytest.raises(NamesTaken):
        import_vendors(connection=books.connection, rows=[row], actor=alice, now=NOW)

    imported = import_vendors(
        connection=books.connection, rows=[row], link_to_existing={"31"}, actor=alice, now=NOW
    )

    assert (imported.created, imported.linked) == ([], [cast.lumber_yard])
    assert Vendor.objects.count() == 1


def test_an_employee_is_linked(cast: Cast, books: Books, alice: User) -> None:
    link_employee(team_member=cast.fred, employee=books.employee("51", "Fred"), actor=alice, now=NOW)

    assert [(link.team_member, link.employee_ref) for link in EmployeeLink.objects.all()] == [
        (cast.fred, "51")
    ]
    assert unlink_employee(team_member=cast.fred, connection=books.connection, actor=alice)
    assert list(EmployeeLink.objects.all()) == []


def test_a_contractor_can_never_be_linked_as_an_employee(cast: Cast, books: Books, alice: User) -> None:
    contractor = books.vendor("61", "Carl Contractor", is_1099=True)

    with pytest.raises(NotEligible, match="1099 contractor"):
        find_employee(books.connection, "61")
    with pytest.raises(NotEligible, match="1099 contractor"):
        link_employee(team_member=cast.fred, employee=contractor, actor=alice, now=NOW)  # type: ignore[arg-type]

    assert list(EmployeeLink.objects.all()) == []


def test_an_employee_is_found_in_these_books_only(cast: Cast, books: Books, summit_books: Books) -> None:
    with scope(company=cast.summit):
        summit_books.employee("51", "Somebody")

    with pytest.raises(NotFound):
        find_employee(books.connection, "51")


def test_imported_employees_see_least_and_cannot_sign_in(cast: Cast, books: Books, alice: User) -> None:
    row = books.employee("51", "Gina Gutter", email="gina@ridge.example")

    (member,) = import_employees(connection=books.connection, rows=[row], actor=alice, now=NOW).created

    assert (member.name, member.email, member.role, member.user) == (
        "Gina Gutter",
        "gina@ridge.example",
        Role.FIELD,
        None,
    )
    assert not member.on_payroll


def test_the_same_address_is_the_same_person(cast: Cast, books: Books, alice: User) -> None:
    row = books.employee("51", "Frederick", email=cast.fred.email.upper())

    with pytest.raises(NamesTaken) as refused:
        import_employees(connection=books.connection, rows=[row], actor=alice, now=NOW)

    assert [clash.existing for clash in refused.value.clashes] == [cast.fred]


def test_two_employees_with_one_address_are_not_imported_together(
    cast: Cast, books: Books, alice: User
) -> None:
    rows = [books.employee(ref, f"Worker {ref}", email="office@ridge.example") for ref in ("51", "52")]

    with pytest.raises(LinkRefused, match=r"office@ridge\.example"):
        import_employees(connection=books.connection, rows=rows, actor=alice, now=NOW)

    assert TeamMember.objects.count() == 3


def test_people_of_another_company_are_refused(
    cast: Cast, books: Books, summit_books: Books, alice: User
) -> None:
    with scope(company=cast.summit):
        foreign = summit_books.employee("51", "Somebody")
        foreign_vendor = summit_books.vendor("31", "Somebody else")

    with pytest.raises(NotConnected):
        link_employee(team_member=cast.fred, employee=foreign, actor=alice, now=NOW)
    with pytest.raises(NotConnected):
        link_employee(team_member=cast.charlie, employee=books.employee("52", "C"), actor=alice, now=NOW)
    with pytest.raises(NotConnected):
        import_vendors(connection=books.connection, rows=[foreign_vendor], actor=alice, now=NOW)
    with pytest.raises(NotConnected):
        confirm_on_payroll(team_member=cast.charlie, connection=books.connection, actor=alice, now=NOW)

    assert not cast.charlie.on_payroll


def test_an_admin_confirms_and_withdraws_payroll(cast: Cast, books: Books, alice: User) -> None:
    confirm_on_payroll(team_member=cast.fred, connection=books.connection, actor=alice, now=NOW)
    fred = cast.fred
    assert (fred.on_payroll, fred.on_payroll_confirmed_by, fred.on_payroll_confirmed_at) == (True, alice, NOW)
    assert payroll_state(fred, None).is_on_payroll

    confirm_on_payroll(team_member=cast.fred, connection=books.connection, actor=alice, now=LATER)
    assert fred.on_payroll_confirmed_at == NOW  # said once, it stays said

    withdraw_on_payroll(team_member=cast.fred, connection=books.connection, actor=alice, now=LATER)
    fresh = TeamMember.objects.get(pk=fred.pk)
    assert (fresh.on_payroll, fresh.on_payroll_confirmed_by, fresh.on_payroll_confirmed_at) == (
        False,
        None,
        None,
    )
    verbs = [activity.verb for activity in Activity.objects.order_by("pk")]
    assert verbs == ["confirmed on payroll", "took off payroll"]


@pytest.mark.parametrize(("said", "expected"), [("UseTimeEntry", True), ("DoNotUseTimeEntry", False)])
def test_what_quickbooks_says_outright_decides(
    cast: Cast, books: Books, alice: User, said: str, expected: bool
) -> None:
    employee = books.employee("51", "Fred", uses_time_entry=said)
    link_employee(team_member=cast.fred, employee=employee, actor=alice, now=NOW)

    with pytest.raises(PayrollDecidedElsewhere):
        confirm_on_payroll(team_member=cast.fred, connection=books.connection, actor=alice, now=NOW)

    state = payroll_state(cast.fred, employee)
    assert (state.is_on_payroll, state.is_decided_by_quickbooks) == (expected, True)
    assert not cast.fred.on_payroll


@pytest.mark.parametrize("said", ["", "NotSet"])
def test_when_quickbooks_is_silent_the_tick_decides(cast: Cast, books: Books, alice: User, said: str) -> None:
    employee = books.employee("51", "Fred", uses_time_entry=said)
    link_employee(team_member=cast.fred, employee=employee, actor=alice, now=NOW)
    assert not payroll_state(cast.fred, employee).is_on_payroll

    confirm_on_payroll(team_member=cast.fred, connection=books.connection, actor=alice, now=NOW)

    assert payroll_state(cast.fred, employee).is_on_payroll


def test_an_address_keeps_one_kind_of_role(cast: Cast, books: Books, alice: User) -> None:
    vendor = books.vendor("31", "Fred's Fences", email=cast.fred.email)
    employee = books.employee("51", "Gina", email=cast.lumber_yard.email)

    import_vendors(connection=books.connection, rows=[vendor], actor=alice, now=NOW)
    import_employees(connection=books.connection, rows=[employee], actor=alice, now=NOW)

    assert Vendor.objects.get(name="Fred's Fences").email == ""
    assert TeamMember.objects.get(name="Gina").email == ""
