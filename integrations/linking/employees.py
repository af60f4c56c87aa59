"""Team members ↔ QuickBooks employees (M11, K7, R35). Contractors (1099) are vendors there: never linked."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from integrations.models import Connection, EmployeeLink, QuickBooksEmployee, QuickBooksVendor
from ressio.models import Role, TeamMember, User, Vendor

from .errors import NotEligible
from .importing import Imported, Importer, clean_name, import_rows
from .pairing import Pairing, find_row, link_many, link_one, refuse_deleted, unlink_one
from .text import usable_email

EMPLOYEES = Pairing(
    thing_field="team_member",
    ref_field="employee_ref",
    link_model=EmployeeLink,
    thing_model=TeamMember,
    row_model=QuickBooksEmployee,
    thing_label="team member",
    row_label="QuickBooks employee",
    check=refuse_deleted,
)


def member_from_employee(row: QuickBooksEmployee) -> TeamMember:
    """Field, the role that sees least, and no sign-in until somebody invites them."""
    return TeamMember(
        company_id=row.company_id,
        name=clean_name(row.name, 150),
        email=usable_email(row.email),
        role=Role.FIELD,
        is_active=row.is_active,
    )


def _spellings(member: TeamMember) -> set[str]:
    return {member.name.casefold()} | ({member.email.casefold()} if member.email else set())


EMPLOYEE_IMPORTER = Importer(EMPLOYEES, member_from_employee, _spellings, foreign_emails=Vendor)


def refuse_contractor(row: Any) -> None:
    if isinstance(row, QuickBooksVendor):
        kind = "a 1099 contractor" if row.is_1099 else "a vendor"
        raise NotEligible(f"“{row}” is {kind} in QuickBooks, not an employee. Only employees can be linked.")


def find_employee(connection: Connection, quickbooks_id: str) -> QuickBooksEmployee:
    """By id, with a plain answer for the id of a contractor. Raises `NotEligible`, `NotFound`."""
    vendor = QuickBooksVendor.objects.filter(connection=connection, quickbooks_id=quickbooks_id).first()
    if (
        vendor
        and not QuickBooksEmployee.objects.filter(connection=connection, quickbooks_id=quickbooks_id).exists()
    ):
        refuse_contractor(vendor)
    employee: QuickBooksEmployee = find_row(EMPLOYEES, connection, quickbooks_id)
    return employee


def link_employee(
    *, team_member: TeamMember, employee: QuickBooksEmployee, actor: User | None, now: datetime
) -> EmployeeLink:
    """Raises `AlreadyLinked`, `NotEligible`, `NotConnected`."""
    refuse_contractor(employee)
    link: EmployeeLink = link_one(EMPLOYEES, thing=team_member, row=employee, actor=actor, now=now)
    return link


def link_employees(
    *, pairs: Iterable[tuple[TeamMember, QuickBooksEmployee]], actor: User | None, now: datetime
) -> list[EmployeeLink]:
    return link_many(EMPLOYEES, pairs=pairs, actor=actor, now=now)


def unlink_employee(*, team_member: TeamMember, connection: Connection, actor: User | None) -> bool:
    return unlink_one(EMPLOYEES, connection=connection, thing=team_member, actor=actor)


def import_employees(
    *,
    connection: Connection,
    rows: Sequence[QuickBooksEmployee],
    actor: User | None,
    now: datetime,
    link_to_existing: Collection[str] = (),
) -> Imported:
    """Employees become team members. Raises `NamesTaken` (same name or e-mail) and then imports nothing."""
    return import_rows(
        EMPLOYEE_IMPORTER,
        connection=connection,
        rows=rows,
        link_to_existing=link_to_existing,
        actor=actor,
        now=now,
    )
