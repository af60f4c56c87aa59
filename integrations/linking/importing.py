"""Make things of ours out of rows of QuickBooks' lists, linked from birth. All of a choice, or none of it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction

from integrations.models import Connection
from integrations.registry import fire_links_changed
from integrations.suggestions import bare_name
from ressio.activity import record_activity
from ressio.models import User

from .errors import AlreadyLinked, LinkRefused, NameClash, NamesTaken
from .pairing import Pairing, link_many, require_linkable


@dataclass(frozen=True)
class Importer:
    """How a row becomes a thing, and by which spellings a thing that exists already is known."""

    pairing: Pairing
    make: Callable[[Any], Any]
    spellings: Callable[[Any], set[str]] = lambda thing: {thing.name.casefold()}
    foreign_emails: type[models.Model] | None = None
    """Whose e-mail addresses cannot be ours too (R6: an address has one kind of role in a company)."""


@dataclass(frozen=True)
class Imported:
    created: list[Any]
    linked: list[Any]


def import_rows(
    importer: Importer,
    *,
    connection: Connection,
    rows: Sequence[Any],
    link_to_existing: Collection[str],
    actor: User | None,
    now: datetime,
) -> Imported:
    """`link_to_existing`: QuickBooks ids whose same-named thing is to be linked instead of made again."""
    require_linkable(connection, *rows)
    for row in rows:
        importer.pairing.check(row)
    with transaction.atomic():
        _refuse_linked(importer.pairing, rows)
        clashes = {clash.row.quickbooks_id: clash for clash in find_clashes(importer, connection, rows)}
        _refuse_clashes(clashes, link_to_existing)
        to_make = [row for row in rows if row.quickbooks_id not in clashes]
        created = _create(importer, to_make, actor, now)
        pairs = [(clash.existing, clash.row) for clash in clashes.values()]
        link_many(importer.pairing, pairs=pairs, actor=actor, now=now)
        if created and not pairs:  # `link_many` has told it already
            fire_links_changed(connection)
    return Imported(created, [clash.existing for clash in clashes.values()])


def _refuse_linked(pairing: Pairing, rows: Sequence[Any]) -> None:
    refs = {row.quickbooks_id: row for row in rows}
    taken = pairing.link_model.objects.filter(
        connection_id__in={row.connection_id for row in rows}, **{f"{pairing.ref_field}__in": list(refs)}
    )
    for link in taken.select_related(pairing.thing_field).order_by("pk")[:1]:
        row = refs[getattr(link, pairing.ref_field)]
        raise AlreadyLinked(f"Nothing was imported. “{row}” is already linked to “{pairing.thing_of(link)}”.")


def _refuse_clashes(clashes: dict[str, NameClash], link_to_existing: Collection[str]) -> None:
    unsolved = [clash for ref, clash in clashes.items() if not (clash.can_link and ref in link_to_existing)]
    if unsolved:
        raise NamesTaken(unsolved)


def find_clashes(importer: Importer, connection: Connection, rows: Sequence[Any]) -> list[NameClash]:
    """Rows whose name (or e-mail) is taken here already, and whether its holder is free to be linked."""
    pairing = importer.pairing
    known = {
        spelling: thing
        for thing in pairing.thing_model._default_manager.filter(company_id=connection.company_id).order_by(
            "-pk"
        )
        for spelling in importer.spellings(thing)
    }
    busy = set(pairing.links(connection).values_list(f"{pairing.thing_field}_id", flat=True))
    clashes = []
    for row in rows:
        existing = _known(known, importer, row)
        if existing is not None:
            clashes.append(NameClash(row, existing, can_link=existing.pk not in busy))
    return clashes


def _known(known: dict[str, Any], importer: Importer, row: Any) -> Any:
    spellings = importer.spellings(importer.make(row))
    return next((known[spelling] for spelling in sorted(spellings) if spelling in known), None)


def _create(importer: Importer, rows: Sequence[Any], actor: User | None, now: datetime) -> list[Any]:
    pairing = importer.pairing
    things = [importer.make(row) for row in rows]
    _refuse_doubles(importer, things)
    if importer.foreign_emails and things:
        _drop_emails(things, importer.foreign_emails)
    try:
        with transaction.atomic():
            things = pairing.thing_model._default_manager.bulk_create(things)
            for thing, row in zip(things, rows, strict=True):
                # One by one: what hangs on a link listens to its being saved.
                _new_link(pairing, thing, row, actor, now).save()
    except IntegrityError as error:  # somebody else was faster
        raise LinkRefused(
            "Nothing was imported: some of these names are no longer free. Look again."
        ) from error
    for thing, row in zip(things, rows, strict=True):
        record_activity(
            company=row.company,
            actor=actor,
            verb=f"imported the {pairing.thing_label}",
            subject=thing,
            changes={pairing.row_label: ["", str(row)]},
        )
    return things


def _drop_emails(things: Sequence[Any], owners: type[models.Model]) -> None:
    rows = owners._default_manager.filter(company_id=things[0].company_id).exclude(email="")
    taken = {email.casefold() for email in rows.values_list("email", flat=True)}
    for thing in things:
        if thing.email.casefold() in taken:
            thing.email = ""


def _refuse_doubles(importer: Importer, things: Sequence[Any]) -> None:
    """Two of the choice would be one and the same here."""
    seen: dict[str, Any] = {}
    for thing in things:
        for spelling in importer.spellings(thing):
            if spelling in seen:
                raise LinkRefused(
                    f"Nothing was imported. “{seen[spelling]}” and “{thing}” both come as “{spelling}”. "
                    "Choose one of them, or change the other in QuickBooks."
                )
            seen[spelling] = thing


def _new_link(pairing: Pairing, thing: Any, row: Any, actor: User | None, now: datetime) -> Any:
    return pairing.link_model(
        company_id=row.company_id,
        connection=row.connection,
        linked_by=actor,
        linked_at=now,
        **{pairing.thing_field: thing, pairing.ref_field: row.quickbooks_id},
    )


def clean_name(name: str, limit: int) -> str:
    """A name that fits ours, without the mark QuickBooks sets behind inactive ones."""
    return bare_name(name).strip()[:limit]
