"""Our vendors as vendors in QuickBooks: made there when somebody says so (U13), followed when they are merged there.

QuickBooks is the master of its list: nothing there is ever changed, and no vendor is made there by itself.
"""

import json
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from budgets.models import CLOSED_STATES, Bill, BillChange, BillOrigin
from budgets.reading import Json
from integrations.connecting import current_connection
from integrations.gateway import Gateway, Row, quote
from integrations.issues import FoundIssue, Reconciled, reconcile_issues
from integrations.linking import LinkRefused, link_vendor
from integrations.models import Connection, Push, QuickBooksVendor, VendorLink
from integrations.outbox import Hold, find_open_push, register_builder, request_push
from integrations.registry import fire_links_changed
from integrations.suggestions import NameIndex, bare_name
from ressio.activity import record_activity
from ressio.models import Company, TeamMember, Vendor
from ressio.views.places import company_url

KIND = "vendor"
VENDOR_INACTIVE = "vendor_inactive"
LONGEST_COMPANY_NAME = 100
LONGEST_PHONE = 30
MOST_CANDIDATES = 5


class VendorRefused(Exception):
    """The message is for people; nothing was asked of QuickBooks. `near` is who may be meant there."""

    def __init__(self, message: str, *, code: str, near: QuickBooksVendor | None = None) -> None:
        self.code, self.near = code, near
        super().__init__(message)


# Making one there -----------------------------------------------------------------------------------------------------


def create_vendor_in_quickbooks(*, vendor: Vendor, member: TeamMember, now: datetime) -> Push:
    """A named action of an Admin. The vendor is linked once QuickBooks has it, and bills that waited for it leave.

    Asked twice, it is made once. Raises VendorRefused.
    """
    connection = current_connection(vendor.company)
    if not member.is_admin:
        raise VendorRefused("You may not add vendors to QuickBooks. Ask an Admin.", code="not_allowed")
    if connection is None or not connection.is_usable:
        raise VendorRefused("QuickBooks is not connected.", code="not_connected")
    with transaction.atomic():
        _check_may_be_made(vendor, connection)
        is_new = find_vendor_push(connection, vendor) is None
        push = request_push(
            connection=connection,
            kind=KIND,
            subject_id=str(vendor.pk),
            subject_label=vendor.name,
            requested_by=member.user,
            now=now,
        )
        if is_new:
            record_activity(
                company=vendor.company,
                actor=member.user,
                verb="added to QuickBooks the vendor",
                subject=vendor,
            )
    return push


def find_vendor_push(connection: Connection, vendor: Vendor) -> Push | None:
    """While it is on its way or held."""
    return find_open_push(connection=connection, kind=KIND, subject_id=str(vendor.pk))


def _check_may_be_made(vendor: Vendor, connection: Connection) -> None:
    if VendorLink.objects.filter(connection=connection, vendor=vendor).exists():
        raise VendorRefused(f"{vendor} is linked to a vendor in QuickBooks already.", code="linked")
    if ":" in vendor.name:
        raise VendorRefused("QuickBooks takes no colon in a vendor's name.", code="name")
    near = find_near(vendor, connection)
    if near:
        state = "" if near[0].is_active else ", which is inactive there"
        raise VendorRefused(
            f"QuickBooks has “{bare_name(near[0].name)}”{state}. Link {vendor} to it instead; if it is another one, "
            "give this vendor a name of its own.",
            code="near_equal",
            near=near[0],
        )


def find_near(vendor: Vendor, connection: Connection) -> list[QuickBooksVendor]:
    """Vendors in QuickBooks that surely are the same by their names, the likeliest first."""
    rows = {
        row.quickbooks_id: row
        for row in QuickBooksVendor.objects.filter(connection=connection, is_deleted=False)
    }
    found = NameIndex({ref: [row.name] for ref, row in rows.items()}).find(vendor.name)
    return [rows[suggestion.key] for suggestion in found if suggestion.is_sure]


class VendorBuilder:
    entity = "Vendor"

    def build(self, push: Push) -> bytes:
        vendor = Vendor.objects.filter(pk=push.subject_id).first()
        if vendor is None:
            raise Hold("gone", "The vendor is not in Ressio any more.")
        try:
            _check_may_be_made(vendor, push.connection)
        except VendorRefused as error:
            raise Hold(error.code, str(error)) from error
        return json.dumps(vendor_document(vendor), ensure_ascii=False).encode()

    def find_existing(self, push: Push, gateway: Gateway) -> Row | None:
        """Names of vendors differ in QuickBooks, so the one of this name is the one that was made."""
        name = str(json.loads(push.payload)["DisplayName"])
        page = gateway.query_rows("Vendor", where=f"DisplayName = {quote(name)}")
        return next((row for row in page.rows if row.data.get("DisplayName") == name), None)

    def record(self, push: Push, row: Row) -> None:
        """Somebody may have linked the vendor to another one meanwhile: their word stands."""
        vendor = Vendor.objects.filter(pk=push.subject_id).first()
        made = QuickBooksVendor.objects.filter(
            connection=push.connection, quickbooks_id=str(row.data["Id"])
        ).first()
        is_linked = VendorLink.objects.filter(
            connection=push.connection, vendor=int(push.subject_id)
        ).exists()
        if vendor is None or made is None or is_linked:
            return
        try:
            link_vendor(vendor=vendor, row=made, actor=push.requested_by, now=timezone.now())
        except LinkRefused:
            return

    def candidates(self, push: Push) -> list[tuple[str, str]]:
        vendor = Vendor.objects.filter(pk=push.subject_id).first()
        near = find_near(vendor, push.connection) if vendor else []
        taken = VendorLink.objects.filter(connection=push.connection).values_list("vendor_ref", flat=True)
        free = [row for row in near if row.quickbooks_id not in set(taken)]
        return [(row.quickbooks_id, row.name) for row in free[:MOST_CANDIDATES]]

    def subject_url(self, push: Push, company: Company) -> str:
        return company_url("link-vendors-one", company, vendor_id=int(push.subject_id))


def vendor_document(vendor: Vendor) -> Json:
    """What QuickBooks would refuse for its length is left out: it can be filled in there."""
    document: dict[str, Any] = {"DisplayName": vendor.name}
    if len(vendor.name) <= LONGEST_COMPANY_NAME:
        document["CompanyName"] = vendor.name
    if vendor.email:
        document["PrimaryEmailAddr"] = {"Address": vendor.email}
    if vendor.phone and len(vendor.phone) <= LONGEST_PHONE:
        document["PrimaryPhone"] = {"FreeFormNumber": vendor.phone}
    return document


def register_vendor_builder() -> None:
    register_builder(KIND, VendorBuilder())


# Merged or made inactive there ----------------------------------------------------------------------------------------


def follow_merged_vendors(connection: Connection, *, now: datetime) -> Reconciled:
    """Where QuickBooks moved all bills of a vendor to another one, the link follows; else somebody is told what to do.

    Only vendors that bills were made for here: the others do no harm. Five queries, and some for each that is merged.
    """
    gone = _find_gone(connection)
    found = [
        _describe(connection, link, row) for link, row in gone if not _follow(connection, link, row, now=now)
    ]
    return reconcile_issues(connection, found, now=now, scope_reasons={VENDOR_INACTIVE})


def _find_gone(connection: Connection) -> list[tuple[VendorLink, QuickBooksVendor]]:
    """Links to vendors that are inactive or deleted there, of those whose bills live here."""
    rows = {
        row.quickbooks_id: row
        for row in QuickBooksVendor.objects.filter(connection=connection)
        if row.is_deleted or not row.is_active
    }
    billed = Bill.objects.filter(origin=BillOrigin.RESSIO).exclude(state__in=CLOSED_STATES)
    links = VendorLink.objects.filter(connection=connection, vendor__in=billed.values("vendor"))
    return [
        (link, rows[link.vendor_ref])
        for link in links.select_related("vendor", "company").order_by("pk")
        if link.vendor_ref in rows
    ]


def _follow(connection: Connection, link: VendorLink, row: QuickBooksVendor, *, now: datetime) -> bool:
    """False where it is not certain who took over, or that one is another vendor of ours."""
    heir = _find_heir(connection, link)
    if (
        heir is None
        or VendorLink.objects.filter(connection=connection, vendor_ref=heir.quickbooks_id).exists()
    ):
        return False
    with transaction.atomic():
        link.vendor_ref, link.linked_by, link.linked_at = heir.quickbooks_id, None, now
        link.save()
        record_activity(
            company=link.company,
            actor=None,
            verb="followed QuickBooks with the vendor",
            subject=link.vendor,
            changes={"QuickBooks vendor": [row.name, heir.name]},
        )
        bills = Bill.objects.filter(vendor=link.vendor, origin=BillOrigin.RESSIO)
        BillChange.objects.bulk_create(
            [
                BillChange(
                    company_id=link.company_id,
                    bill=bill,
                    at=now,
                    what="The vendor was merged into another one in QuickBooks",
                    fields=[["Vendor", row.name, heir.name]],
                )
                for bill in bills.exclude(state__in=CLOSED_STATES)
            ],
            batch_size=500,
        )
        fire_links_changed(connection)
    return True


def _find_heir(connection: Connection, link: VendorLink) -> QuickBooksVendor | None:
    """The one vendor that all bills there, which we made for this one, name now; nobody else's may be left behind."""
    living = Bill.objects.filter(connection=connection, quickbooks_id__gt="").exclude(state__in=CLOSED_STATES)
    if living.filter(vendor_ref=link.vendor_ref).exists():
        return None
    refs = set(
        living.filter(origin=BillOrigin.RESSIO, vendor=link.vendor).values_list("vendor_ref", flat=True)
    )
    if len(refs) != 1:
        return None
    heirs = QuickBooksVendor.objects.filter(connection=connection, is_active=True, is_deleted=False)
    heir: QuickBooksVendor | None = heirs.filter(quickbooks_id__in=refs).first()
    return heir


def _describe(connection: Connection, link: VendorLink, row: QuickBooksVendor) -> FoundIssue:
    what = "no longer exists" if row.is_deleted else "is inactive"
    return FoundIssue(
        reason=VENDOR_INACTIVE,
        subject_type="vendor",
        subject_id=str(link.vendor_id),
        subject_label=link.vendor.name,
        title=f"“{bare_name(row.name)}”, which {link.vendor} is linked to, {what} in QuickBooks.",
        way_out="Its bills cannot go there. Make it active there, or link the vendor to the one that took its place. "
        "If that one is a vendor of its own here, enter new bills for that one.",
        fix_url=company_url("link-vendors-one", connection.company, vendor_id=link.vendor_id),
        fix_label="Link another one",
    )
