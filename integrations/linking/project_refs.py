"""V2: QuickBooks gives projects a second number, carried by some documents. An admin may say whose it is."""

from datetime import datetime

from django.db import IntegrityError, transaction

from integrations.models import Connection, ProjectRefMapping, QuickBooksCustomer
from integrations.registry import fire_links_changed
from ressio.activity import record_activity
from ressio.models import User

from .errors import AlreadyLinked, LinkRefused
from .pairing import refuse_deleted, require_linkable

LONGEST = 40


def map_project_ref(
    *,
    connection: Connection,
    project_ref: str,
    customer: QuickBooksCustomer,
    actor: User | None,
    now: datetime,
) -> ProjectRefMapping:
    """Lines that carry the number belong to the customer from now on, also those read earlier."""
    require_linkable(connection, customer)
    _check(connection, project_ref, customer)
    with transaction.atomic():
        before = ProjectRefMapping.objects.filter(connection=connection, project_ref=project_ref).first()
        if before and before.customer_ref == customer.quickbooks_id:
            mapping: ProjectRefMapping = before
            return mapping
        mapping = before or ProjectRefMapping(
            company=connection.company, connection=connection, project_ref=project_ref
        )
        before_ref = mapping.customer_ref
        mapping.customer_ref, mapping.linked_by, mapping.linked_at = customer.quickbooks_id, actor, now
        _save(mapping)
        _record(mapping, "mapped the", actor, [before_ref, customer.quickbooks_id])
        fire_links_changed(connection)
    return mapping


def _check(connection: Connection, project_ref: str, customer: QuickBooksCustomer) -> None:
    refuse_deleted(customer)
    if customer.connection_id != connection.pk:
        raise LinkRefused("That customer belongs to another QuickBooks company.")
    if not project_ref or len(project_ref) > LONGEST or not project_ref.isalnum():
        raise LinkRefused("A project number consists of letters and digits, as QuickBooks shows it.")
    if _is_customer(connection, project_ref):
        raise LinkRefused(f"{project_ref} is the id of a customer in QuickBooks; it needs no mapping.")


def _is_customer(connection: Connection, ref: str) -> bool:
    """V2: the id of a customer row that is a project is known by itself."""
    rows = QuickBooksCustomer.objects.filter(connection=connection, quickbooks_id=ref, is_project=True)
    return bool(rows.exists())


def _save(mapping: ProjectRefMapping) -> None:
    try:
        with transaction.atomic():
            mapping.save()
    except IntegrityError as error:
        raise AlreadyLinked("Somebody mapped this project number a moment ago. Look again.") from error


def unmap_project_ref(*, mapping: ProjectRefMapping, actor: User | None) -> None:
    with transaction.atomic():
        _record(mapping, "unmapped the", actor, [mapping.customer_ref, ""])
        connection = mapping.connection
        mapping.delete()
        fire_links_changed(connection)


def _record(mapping: ProjectRefMapping, verb: str, actor: User | None, changes: list[str]) -> None:
    record_activity(
        company=mapping.company,
        actor=actor,
        verb=verb,
        subject=mapping,
        changes={f"project number {mapping.project_ref}": changes},
    )
