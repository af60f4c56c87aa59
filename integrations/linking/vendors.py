"""Vendors ↔ QuickBooks vendors (M12, M13, M95). QuickBooks is the master: a link writes nothing there."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from integrations.models import Connection, QuickBooksVendor, VendorLink
from ressio.models import TeamMember, User, Vendor

from .importing import Imported, Importer, clean_name, import_rows
from .pairing import Pairing, link_many, link_one, refuse_deleted, unlink_one
from .text import usable_email

VENDORS = Pairing(
    thing_field="vendor",
    ref_field="vendor_ref",
    link_model=VendorLink,
    thing_model=Vendor,
    row_model=QuickBooksVendor,
    thing_label="vendor",
    row_label="QuickBooks vendor",
    check=refuse_deleted,
)


def vendor_from_row(row: QuickBooksVendor) -> Vendor:
    return Vendor(
        company_id=row.company_id,
        name=clean_name(row.name, 200),
        email=usable_email(row.email),
        phone=row.phone[:40],
        is_active=row.is_active,
    )


VENDOR_IMPORTER = Importer(VENDORS, vendor_from_row, foreign_emails=TeamMember)


def link_vendor(*, vendor: Vendor, row: QuickBooksVendor, actor: User | None, now: datetime) -> VendorLink:
    """Raises `AlreadyLinked`, `NotEligible`, `NotConnected`."""
    link: VendorLink = link_one(VENDORS, thing=vendor, row=row, actor=actor, now=now)
    return link


def link_vendors(
    *, pairs: Iterable[tuple[Vendor, QuickBooksVendor]], actor: User | None, now: datetime
) -> list[VendorLink]:
    return link_many(VENDORS, pairs=pairs, actor=actor, now=now)


def unlink_vendor(*, vendor: Vendor, connection: Connection, actor: User | None) -> bool:
    return unlink_one(VENDORS, connection=connection, thing=vendor, actor=actor)


def import_vendors(
    *,
    connection: Connection,
    rows: Sequence[QuickBooksVendor],
    actor: User | None,
    now: datetime,
    link_to_existing: Collection[str] = (),
) -> Imported:
    """Raises `NamesTaken` and then imports nothing."""
    return import_rows(
        VENDOR_IMPORTER,
        connection=connection,
        rows=rows,
        link_to_existing=link_to_existing,
        actor=actor,
        now=now,
    )
