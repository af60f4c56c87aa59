"""The company whose bills are sent: connected to the stand-in, its project linked, its bills entered and approved."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from random import Random

from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from budgets.bills.files import attach_file
from budgets.models import Bill
from integrations.schedules import EVERY_MINUTE, PUSHES_EVERY_MINUTE, install_schedules
from integrations.switches import set_switches
from ressio.models import Project, Role
from ressio.scoping import scope
from tests.budgets.bills.office import Office
from tests.invoicing.office import InvoiceOffice, open_invoice_office
from tests.support.cast import make_company, make_member
from tests.support.file_samples import PDF
from tests.support.sandbox import Realm


@dataclass
class Plan:
    """What QuickBooks must hold in the end."""

    amounts: dict[str, Decimal] = field(default_factory=dict)
    """By the bill's number."""
    files: dict[str, str] = field(default_factory=dict)
    """The number of the bill by the file's name."""
    drafts: list[Bill] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum(self.amounts.values(), Decimal(0))


def prepare_database() -> None:
    call_command("migrate", run_syncdb=True, verbosity=0)
    if settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
        call_command("createcachetable", verbosity=0)
    install_schedules()
    # What an operator may do in the admin: the sweepers run each second instead of each minute.
    often, _ = IntervalSchedule.objects.get_or_create(every=1, period=IntervalSchedule.SECONDS)
    sweepers = [name for name, _ in (EVERY_MINUTE, PUSHES_EVERY_MINUTE)]
    PeriodicTask.objects.filter(name__in=sweepers).update(interval=often)


@contextmanager
def open_company(realm: Realm) -> Iterator[InvoiceOffice]:
    company = make_company("Ridge Builders")
    with scope(company=company):
        admin, member = (
            make_member(company, name, role)
            for name, role in (("Alice", Role.ADMIN), ("Bob", Role.TEAM_MEMBER))
        )
        house = Project.objects.create(company=company, name="Ridge House", number="R-1")
        office = open_invoice_office(company, realm, admin, member, house)
        changes = {"push_bill_files": True}
        set_switches(project=house, changes=changes, actor=admin.user, now=timezone.now())
        yield office


def enter_bills(office: Office, count: int, dice: Random, *, with_files: bool = True) -> Plan:
    """Every third has a file; a tenth has several lines."""
    plan = Plan()
    for index in range(count):
        number = f"INV-{index + 1:05}"
        several = 1 + (index % 10 == 0) * dice.randint(1, 4)
        amounts = [Decimal(dice.randint(100, 5_000_00)) / 100 for _ in range(several)]
        lines = [office.line(str(amount), dice.randrange(3)) for amount in amounts]
        bill = office.enter(number, *lines)
        plan.amounts[number] = sum(amounts, Decimal(0))
        if with_files and index % 3 == 0:
            name = f"{number}.pdf"
            attach(office, bill, name)
            plan.files[name] = number
        plan.drafts.append(bill)
    return plan


def attach(office: Office, bill: Bill, name: str) -> None:
    content = BytesIO(PDF + name.encode())
    attach_file(bill=bill, upload=content, name=name, member=office.admin, now=timezone.now())


def approve(office: Office, bills: Sequence[Bill], *, is_bulk: bool) -> None:
    """As somebody who presses one button for many, or the button of each."""
    if is_bulk:
        with transaction.atomic():
            for bill in bills:
                office.approve(bill, is_bulk=True)
        return
    for bill in bills:
        office.approve(bill)
