"""Projects ↔ customers, sub-customers and projects of QuickBooks (M5–M7, U8, K5)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from integrations.cost_figures import Figures, cost_figures
from integrations.customer_tree import CustomerTree
from integrations.models import Connection, ProjectLink, QuickBooksCustomer
from integrations.registry import fire_links_changed
from ressio import projects
from ressio.activity import record_activity
from ressio.models import Project, User

from .errors import AlreadyLinked, NameTaken, NotFound
from .importing import clean_name
from .pairing import Pairing, link_one, refuse_deleted, require_linkable, unlink_one

PROJECTS = Pairing(
    thing_field="project",
    ref_field="customer_ref",
    link_model=ProjectLink,
    thing_model=Project,
    row_model=QuickBooksCustomer,
    thing_label="project",
    row_label="QuickBooks customer",
    check=refuse_deleted,
)


def link_project(
    *,
    project: Project,
    customer: QuickBooksCustomer,
    actor: User | None,
    now: datetime,
    include_sub_customers: bool = False,
) -> ProjectLink:
    """Connect a project. A connected one is disconnected first, in a step that says what leaves its budget.

    Raises `AlreadyLinked` (by name, on either side), `NotEligible`, `NotConnected`.
    """
    require_linkable(customer.connection, project, customer)
    with transaction.atomic():
        # Two people at once: the second one looks only after the first one's link stands.
        Project.objects.select_for_update().only("pk").get(pk=project.pk)
        _refuse_other_customer(project, customer)
        link: ProjectLink = link_one(PROJECTS, thing=project, row=customer, actor=actor, now=now)
        if include_sub_customers:
            set_include_sub_customers(link=link, include=True, actor=actor)
    return link


def _refuse_other_customer(project: Project, customer: QuickBooksCustomer) -> None:
    link = PROJECTS.link_of(customer.connection, project)
    if link and link.customer_ref != customer.quickbooks_id:
        name = customer_of(link) or link.customer_ref
        raise AlreadyLinked(f"“{project}” is connected to “{name}”. Disconnect it before you choose another.")


def link_of_project(connection: Connection, project: Project) -> ProjectLink | None:
    link: ProjectLink | None = PROJECTS.link_of(connection, project)
    return link


def customer_of(link: ProjectLink) -> QuickBooksCustomer | None:
    row: QuickBooksCustomer | None = QuickBooksCustomer.objects.filter(
        connection_id=link.connection_id, quickbooks_id=link.customer_ref
    ).first()
    return row


def preview_unlink(project: Project) -> Figures:
    """What leaves the budget when the project is disconnected. Nothing changes in QuickBooks."""
    return cost_figures().counted(project)


def unlink_project(*, project: Project, connection: Connection, actor: User | None) -> bool:
    """The costs leave the budget at once; documents stay mirrored, so connecting again brings them back."""
    return unlink_one(PROJECTS, connection=connection, thing=project, actor=actor)


@dataclass(frozen=True)
class SubCustomers:
    """What "include sub-customers" reaches now, and what it comes to."""

    customers: list[QuickBooksCustomer]
    figures: Figures


def preview_sub_customers(link: ProjectLink) -> SubCustomers:
    rows = {
        row.quickbooks_id: row for row in QuickBooksCustomer.objects.filter(connection_id=link.connection_id)
    }
    tree = CustomerTree.of((row.quickbooks_id, row.parent_ref) for row in rows.values())
    refs = tree.reached(link.customer_ref, links_by_customer(link.connection))
    customers = sorted((rows[ref] for ref in refs), key=lambda row: row.full_name.casefold())
    return SubCustomers(customers, cost_figures().of_customers(link.connection, refs))


def links_by_customer(connection: Connection) -> dict[str, bool]:
    """Linked customer → whether it includes its sub-customers."""
    links = ProjectLink.objects.filter(connection=connection)
    return dict(links.values_list("customer_ref", "include_sub_customers"))


def set_include_sub_customers(*, link: ProjectLink, include: bool, actor: User | None) -> None:
    """U8: off means this entity exactly."""
    require_linkable(link.connection, link.project)
    with transaction.atomic():
        changed = ProjectLink.objects.filter(pk=link.pk, include_sub_customers=not include).update(
            include_sub_customers=include
        )
        if changed:
            _record_include(link, include, actor)
            fire_links_changed(link.connection)
    link.include_sub_customers = include


def _record_include(link: ProjectLink, include: bool, actor: User | None) -> None:
    record_activity(
        company=link.project.company,
        actor=actor,
        verb="changed the connection of",
        subject=link.project,
        changes={"include sub-customers": [str(not include), str(include)]},
    )


def create_project_from_customer(*, customer: QuickBooksCustomer, actor: User, now: datetime) -> Project:
    """K5: only because somebody asked for it. Raises `NameTaken` with the project that could be linked."""
    require_linkable(customer.connection, customer)
    refuse_deleted(customer)
    _refuse_linked_customer(customer)
    name = clean_name(customer.name, 200)
    with transaction.atomic():
        project = _create_named(name, customer, actor)
        link_project(project=project, customer=customer, actor=actor, now=now)
    return project


def _refuse_linked_customer(customer: QuickBooksCustomer) -> None:
    if taken := PROJECTS.link_to(customer):
        raise AlreadyLinked(f"“{customer.full_name}” is already connected to the project “{taken.project}”.")


def _create_named(name: str, customer: QuickBooksCustomer, actor: User) -> Project:
    client = clean_name(customer.full_name.split(":")[0], 200)
    try:
        return projects.create_project(company=customer.company, actor=actor, name=name, client_name=client)
    except projects.NameTaken as taken:
        existing = _project_named(customer.company_id, name)
        raise NameTaken(
            f"There is a project “{name}” already. Connect it instead.", existing=existing
        ) from taken


def _project_named(company_id: int, name: str) -> Project | None:
    names = Project.objects.filter(company_id=company_id).only("pk", "name", "company_id")
    return next((project for project in names if project.name.casefold() == name.casefold()), None)


def find_customer(connection: Connection, quickbooks_id: str) -> QuickBooksCustomer:
    if not quickbooks_id:
        raise NotFound("Choose a customer, sub-customer or project of QuickBooks first.")
    row: QuickBooksCustomer | None = QuickBooksCustomer.objects.filter(
        connection=connection, quickbooks_id=quickbooks_id
    ).first()
    if row is None:
        raise NotFound("QuickBooks has no such customer. Sync the lists and try again.")
    return row
