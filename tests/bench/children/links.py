"""Puts the pulled company to use: every product is a cost code, every customer a project, switches set.

From then on each sync also works out what needs attention, over all lines.
"""

from typing import Any

from tests.bench.children.base import hand_back, in_company, start_django

# The one project in large.py with more than 5,000 lines.
BUSY_CUSTOMER = "11"


def main() -> None:
    start_django()
    with in_company() as connection:
        hand_back(projects=link_everything(connection), busy_lines=count_busy_lines())


def link_everything(connection: Any) -> int:
    from django.utils import timezone

    from integrations.linking import create_project_from_customer, import_items
    from integrations.models import QuickBooksCustomer, QuickBooksItem
    from integrations.switches import set_switches

    now, boss = timezone.now(), make_admin(connection.company)
    items = list(QuickBooksItem.objects.exclude(income_account_ref="").exclude(expense_account_ref=""))
    import_items(connection=connection, items=items, actor=boss, now=now)
    customers = list(QuickBooksCustomer.objects.all())
    for customer in customers:
        project = create_project_from_customer(customer=customer, actor=boss, now=now)
        set_switches(project=project, changes={"time_tracking": True}, actor=boss, now=now)
    return len(customers)


def make_admin(company: Any) -> Any:
    from ressio.models import Role, TeamMember, User

    user = User.objects.create_user(email="boss@summit.example", password=None, name="Boss")
    TeamMember.objects.create(company=company, user=user, name=user.name, email=user.email, role=Role.ADMIN)
    return user


def count_busy_lines() -> int:
    from budgets.models import CostLine

    lines: int = CostLine.objects.filter(customer_ref=BUSY_CUSTOMER).count()
    return lines


if __name__ == "__main__":
    main()
