"""What all links have in common: one thing of ours, one row of QuickBooks' lists, each used once.

The unique constraints on the link tables decide races; this module turns their refusal into words.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from integrations.models import Connection, ConnectionStatus
from integrations.models.links import Link
from integrations.models.mirror import ListRow
from integrations.registry import fire_links_changed
from ressio.activity import record_activity
from ressio.models import User

from .errors import AlreadyLinked, NotConnected, NotEligible, NotFound


@dataclass(frozen=True)
class Pairing:
    """The names of the two sides, in the tables and in words."""

    thing_field: str
    ref_field: str
    link_model: type[Link]
    thing_model: type[models.Model]
    row_model: type[ListRow]
    thing_label: str
    row_label: str
    check: Callable[[Any], None]

    def links(self, connection: Connection) -> "models.QuerySet[Any]":
        links: models.QuerySet[Any] = self.link_model.objects.filter(connection=connection)
        return links

    def link_of(self, connection: Connection, thing: models.Model) -> Any:
        return self.links(connection).filter(**{self.thing_field: thing}).first()

    def link_to(self, row: ListRow) -> Any:
        taken = self.links(row.connection).filter(**{self.ref_field: row.quickbooks_id})
        return taken.select_related(self.thing_field).first()

    def thing_of(self, link: Any) -> Any:
        return getattr(link, self.thing_field)


def require_linkable(connection: Connection, *things: Any) -> None:
    """The connection is this company's present one, and everything named belongs to the same company."""
    if any(thing.company_id != connection.company_id for thing in things):
        raise NotConnected("That does not belong to this company.")
    if not connection.is_current:
        raise NotConnected("That belongs to another QuickBooks company than the one connected now.")
    if connection.status == ConnectionStatus.DISCONNECTED:
        raise NotConnected("QuickBooks is disconnected. Reconnect it in Settings → Integrations, then link.")


def find_row(pairing: Pairing, connection: Connection, quickbooks_id: str) -> Any:
    row = pairing.row_model.objects.filter(connection=connection, quickbooks_id=quickbooks_id).first()
    if row is None:
        raise NotFound(f"QuickBooks has no such {pairing.row_label}. Sync the lists and try again.")
    return row


def refuse_deleted(row: ListRow) -> None:
    if row.is_deleted:
        raise NotEligible(f"“{row}” no longer exists in QuickBooks.")


def link_one(pairing: Pairing, *, thing: Any, row: Any, actor: User | None, now: datetime) -> Any:
    """Link, or change an existing link. Linking the same two again changes nothing."""
    with transaction.atomic():
        link, was_changed = _store_link(pairing, thing, row, actor, now)
        if was_changed:
            fire_links_changed(row.connection)
    return link


def link_many(
    pairing: Pairing, *, pairs: Iterable[tuple[Any, Any]], actor: User | None, now: datetime
) -> list[Any]:
    """All of them or, when one is refused, none."""
    with transaction.atomic():
        stored = [(row, *_store_link(pairing, thing, row, actor, now)) for thing, row in pairs]
        if any(was_changed for _, _, was_changed in stored):
            fire_links_changed(stored[0][0].connection)
    return [link for _, link, _ in stored]


def _store_link(
    pairing: Pairing, thing: Any, row: Any, actor: User | None, now: datetime
) -> tuple[Any, bool]:
    if not isinstance(row, pairing.row_model):
        raise NotEligible(f"“{row}” is not a {pairing.row_label} in QuickBooks.")
    require_linkable(row.connection, thing, row)
    pairing.check(row)
    before = pairing.link_of(row.connection, thing)
    before_ref = getattr(before, pairing.ref_field, None)
    if before_ref == row.quickbooks_id:
        return before, False
    link = _save_guarded(pairing, before, thing, row, actor, now)
    _record_link(pairing, thing, row, actor, before_ref)
    return link, True


def _save_guarded(
    pairing: Pairing, before: Any, thing: Any, row: Any, actor: User | None, now: datetime
) -> Any:
    _refuse_taken(pairing, thing, row)
    link = before or pairing.link_model(
        company_id=row.company_id, connection=row.connection, **{pairing.thing_field: thing}
    )
    setattr(link, pairing.ref_field, row.quickbooks_id)
    link.linked_by, link.linked_at = actor, now
    try:
        with transaction.atomic():
            link.save()
    except IntegrityError as error:  # somebody was faster
        _refuse_taken(pairing, thing, row)
        raise AlreadyLinked(f"“{thing}” was linked by somebody else a moment ago. Look again.") from error
    return link


def _refuse_taken(pairing: Pairing, thing: Any, row: ListRow) -> None:
    taken = pairing.link_to(row)
    if taken and pairing.thing_of(taken) != thing:
        raise AlreadyLinked(
            f"“{row}” is already linked to the {pairing.thing_label} “{pairing.thing_of(taken)}”. "
            "Unlink it there first."
        )


def _record_link(
    pairing: Pairing, thing: Any, row: ListRow, actor: User | None, before_ref: str | None
) -> None:
    before = _row_name(pairing, row.connection, before_ref) if before_ref else ""
    record_activity(
        company=row.company,
        actor=actor,
        verb=f"linked the {pairing.thing_label}",
        subject=thing,
        changes={pairing.row_label: [before, str(row)]},
    )


def unlink_one(pairing: Pairing, *, connection: Connection, thing: Any, actor: User | None) -> bool:
    """Forget the link; nothing is changed in QuickBooks. Says whether there was one."""
    if thing.company_id != connection.company_id:
        raise NotConnected("That does not belong to this company.")
    with transaction.atomic():
        link = pairing.link_of(connection, thing)
        if link is None:
            return False
        before = _row_name(pairing, connection, getattr(link, pairing.ref_field))
        link.delete()
        record_activity(
            company=connection.company,
            actor=actor,
            verb=f"unlinked the {pairing.thing_label}",
            subject=thing,
            changes={pairing.row_label: [before, ""]},
        )
        fire_links_changed(connection)
    return True


def _row_name(pairing: Pairing, connection: Connection, ref: str) -> str:
    row = pairing.row_model.objects.filter(connection=connection, quickbooks_id=ref).first()
    return str(row) if row else ref
