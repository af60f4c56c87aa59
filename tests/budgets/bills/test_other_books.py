"""Other QuickBooks books are connected, or the same ones again: nothing is there twice, nothing waits unsaid (U10)."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from budgets.bills.approval import take_back_approval
from budgets.bills.errors import BillRefused
from budgets.bills.listing import BillFilter, Sending, find_bills, reach_of
from budgets.bills.pushes import send_bill
from budgets.models import Bill, BillState
from integrations.connecting import switch_to
from integrations.disconnecting import disconnect_company
from integrations.models import (
    Connection,
    ConnectionStatus,
    CostCodeLink,
    ProjectLink,
    Push,
    PushState,
    VendorLink,
)
from tests.budgets.bills.office import Json, Office
from tests.support.api import Program
from tests.support.cast import SignIn
from tests.support.quickbooks import CLIENT_ID, read_tokens
from tests.support.sandbox import Realm, Sandbox


@pytest.fixture
def client(office: Office, sign_in: SignIn) -> Client:
    return sign_in(office.admin)


@pytest.fixture
def other_books(office: Office, sandbox: Sandbox) -> Iterator[Connection]:
    """Not connected yet."""
    realm = sandbox.open_company()
    tokens = read_tokens(realm.issue_tokens(CLIENT_ID))
    yield Connection.objects.create(
        company=office.company, realm_id=realm.id, is_current=False, books_name="New Books", **tokens
    )
    realm.close()


def connect(office: Office, row: Connection, realm: Realm | None = None) -> None:
    """An Admin comes back from Intuit and says yes."""
    row.refresh_from_db()
    if realm is not None:
        for name, value in read_tokens(realm.issue_tokens(CLIENT_ID)).items():
            setattr(row, name, value)
    current = Connection.objects.filter(is_current=True).first()
    assert office.admin.user is not None
    switch_to(row, replaced=current, actor=office.admin.user, now=timezone.now())


def due() -> None:
    Push.objects.update(next_try_at=timezone.now())


def test_bills_of_earlier_books_say_so_and_go_on_when_those_come_back(
    office: Office, client: Client, other_books: Connection
) -> None:
    sent, waiting, lost = (office.approve(office.enter(number)) for number in ("SENT", "WAITS", "LOST"))
    sent = office.send(sent)
    office.realm.fail_next("drop_after")
    office.send(lost)
    connect(office, other_books)

    rows = find_bills(reach_of(office.admin), BillFilter()).rows
    assert {row.bill.number: row.sending for row in rows} == {
        "SENT": Sending.EARLIER,
        "WAITS": Sending.STAYS_BEHIND,
        "LOST": Sending.STAYS_BEHIND,
    }
    page = client.get(f"/c/ridge/bills/{sent.pk}/")
    assert f"In the earlier books ({office.connection})" in page.content.decode()
    choices = page.context["choices"]
    assert (choices.edit, choices.unlink, choices.copy) == (False, False, True)
    refused = client.get(f"/c/ridge/bills/{sent.pk}/edit/")
    assert (refused.status_code, "Connect them again" in refused.content.decode()) == (409, True)
    with pytest.raises(BillRefused, match="in the earlier books"):
        office.change_sent(sent, description="Ours")
    assert Program(office.admin).get(f"bills/{sent.pk}").body["is_in_earlier_books"] is True
    # Whether the lost one arrived, nobody knows: neither taken back nor sent to the books of now.
    assert "they may have it" in client.get(f"/c/ridge/bills/{lost.pk}/").content.decode()
    _map_again(office, other_books)
    for deed, why in ((take_back_approval, "on its way"), (send_bill, "no answer came")):
        with pytest.raises(BillRefused, match=why):
            deed(bill=lost, member=office.admin, now=timezone.now())
    assert client.get(f"/c/ridge/bills/{waiting.pk}/").context["choices"].take_back

    connect(office, office.connection, office.realm)
    office.connection.refresh_from_db()
    due()
    office.send(waiting), office.send(lost)
    office.sync()
    assert sorted(there["DocNumber"] for there in office.bills_there()) == ["LOST", "SENT", "WAITS"]
    assert {bill.state for bill in Bill.objects.all()} == {BillState.UNPAID}
    assert (office.counted(), Push.objects.count()) == (Decimal("376.50"), 3)


def test_what_waits_for_earlier_books_goes_to_those_of_now_when_somebody_sends_it(
    office: Office, client: Client, other_books: Connection
) -> None:
    bill = office.approve(office.enter())
    connect(office, other_books)
    _map_again(office, other_books)
    assert client.post(f"/c/ridge/bills/{bill.pk}/do/send/").status_code == 302
    pushes = Push.objects.order_by("pk").values_list("connection", "state")
    assert list(pushes) == [
        (office.connection.pk, PushState.SKIPPED),
        (other_books.pk, PushState.WAITING),
    ]


def _map_again(office: Office, connection: Connection) -> None:
    """What another realm demands: everything is linked anew there."""
    shared: Json = {"company": office.company, "connection": connection}
    ProjectLink.objects.get_or_create(**shared, project=office.project, customer_ref="1")
    VendorLink.objects.get_or_create(**shared, vendor=office.vendor, vendor_ref="2")
    CostCodeLink.objects.get_or_create(**shared, cost_code=office.codes[0], item_ref="3")


def test_disconnected_and_connected_again_nothing_is_there_twice(office: Office) -> None:
    sent, lost = office.settle("SENT"), office.approve(office.enter("LOST"))
    office.realm.fail_next("drop_after")
    office.send(lost)
    assert office.admin.user is not None
    disconnect_company(connection=office.connection, actor=office.admin.user, now=timezone.now())
    waiting = office.approve(office.enter("WAITS"))
    due()
    office.send(waiting)
    assert [office.push_of(bill).state for bill in (lost, waiting)] == [PushState.UNKNOWN, PushState.WAITING]

    connect(office, office.connection, office.realm)

    office.connection.refresh_from_db()
    assert (Connection.objects.count(), office.connection.status) == (1, ConnectionStatus.CONNECTED)
    due()
    office.send(waiting), office.send(lost)
    office.sync()
    assert sorted(there["DocNumber"] for there in office.bills_there()) == ["LOST", "SENT", "WAITS"]
    assert {bill.quickbooks_id for bill in Bill.objects.all()} == {
        there["Id"] for there in office.bills_there()
    }
    assert (office.counted(), office.fresh(sent).state) == (Decimal("376.50"), BillState.UNPAID)
