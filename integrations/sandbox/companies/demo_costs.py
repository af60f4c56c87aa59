"""A year of ordinary costs: the jobs' trades, the office, and what came in through the bank feed."""

from __future__ import annotations

from decimal import Decimal

from integrations.sandbox.companies import demo_vendors as vendors
from integrations.sandbox.companies.demo_accounts import CARD, CHECKING, OFFICE_CARD
from integrations.sandbox.companies.demo_entry import (
    add_bill,
    add_card_charge,
    add_check,
    add_expense,
    add_purchase,
)
from integrations.sandbox.companies.demo_trades import (
    BY_BILL,
    BY_CARD,
    BY_CHECK,
    BY_EXPENSE,
    STORIES,
    TRADES,
    Story,
    Trade,
)
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import (
    BILLABLE,
    NOT_BILLABLE,
    Document,
    account_line,
    cents,
    item_line,
)

WORKDAYS_A_MONTH = 21
MONTHS = 12

# (account, vendor, monthly amount, how): what the office costs, for no customer.
OVERHEAD = (
    ("Rent", vendors.LANDLORD, "2850.00", BY_CHECK),
    ("Utilities & Phone", vendors.POWER, "318.40", BY_EXPENSE),
    ("Insurance", vendors.INSURER, "1196.75", BY_BILL),
    ("Fuel & Vehicle", vendors.FUEL, "412.66", BY_CARD),
)

# (bank text, account, paid with, months apart): accepted from the bank feed, without a payee.
BANK_FEED = (
    ("PURCHASE AUTHORIZED 04417 SQ *CORNER BAKERY COEUR D ALENE ID", "Meals & Entertainment", CARD, 1),
    ("CLOUDPLAN SOFTWARE 866-555-0110 CA RECURRING", "Dues & Software", OFFICE_CARD, 1),
    ("POS DEBIT PARCEL & PRINT #118 HAYDEN ID", "Office Supplies", CHECKING, 2),
    ("ACH DEBIT MONTHLY SERVICE FEE", "Bank Charges", CHECKING, 3),
    ("TOOLSHED #0441 POST FALLS ID 03/12 4417", "Small Tools & Consumables", CARD, 3),
)


def add_job_costs(draft: Draft) -> None:
    for story in STORIES:
        trades = [trade for trade in TRADES if trade.item.startswith(story.trades)]
        for position, trade in enumerate(trades):
            _add_trade(draft, story, trade, (position + 1) / len(trades))


def _add_trade(draft: Draft, story: Story, trade: Trade, progress: float) -> None:
    """One or more documents a few working days apart, at the point of the job where the trade comes in."""
    length = story.start - story.end
    for part in range(trade.parts):
        back = story.start - round(length * progress) - part * max(1, length // 20)
        line = _trade_line(draft, story, trade)
        _enter(draft, trade, [line], back=max(back, story.end))


def _enter(draft: Draft, trade: Trade, lines: list[Document], *, back: int) -> None:
    vendor = draft.random.choice(trade.vendors)
    if trade.how == BY_BILL:
        add_bill(draft, vendor, lines, back=back, number=_their_number(draft, vendor))
    elif trade.how == BY_CHECK:
        add_check(draft, vendor, lines, back=back)
    elif trade.how == BY_CARD:
        add_card_charge(draft, vendor, lines, back=back)
    else:
        add_expense(draft, vendor, lines, back=back)


def _their_number(draft: Draft, vendor: str) -> str:
    """Invoice numbers in the supplier's own style: most write them, some do not."""
    number = draft.random.randrange(1000, 99999)
    style = len(vendor) % 4
    return (f"INV-{number}", str(number), f"{vendor[:3].upper()}{number}", "")[style]


def _trade_line(draft: Draft, story: Story, trade: Trade) -> Document:
    item = draft.find("Item", trade.item)
    customer = draft.find("Customer", story.customer)
    dollars = draft.random.randint(trade.low, trade.high) * story.scale // 100 // trade.parts
    price, quantity = _price_and_quantity(draft, item["PurchaseCost"], dollars)
    return item_line(
        item,
        price,
        quantity=quantity,
        customer=customer,
        billable=BILLABLE if story.billable else NOT_BILLABLE,
        text=trade.text,
    )


def _price_and_quantity(draft: Draft, unit_cost: Decimal, dollars: int) -> tuple[Decimal, Decimal]:
    if unit_cost:
        return unit_cost, Decimal(max(1, round(dollars / unit_cost)))
    odd_cents = draft.random.choice((0, 0, 0, 25, 50, 99, 13, 67))
    return Decimal(dollars) + Decimal(odd_cents) / 100, Decimal(1)


def add_overhead(draft: Draft) -> None:
    for month in range(MONTHS):
        for account, vendor, amount, how in OVERHEAD:
            back = 6 + month * WORKDAYS_A_MONTH + draft.random.randrange(4)
            swing = Decimal(draft.random.randrange(90, 111)) / 100 if how != BY_CHECK else Decimal(1)
            line = account_line(draft.find("Account", account), cents(Decimal(amount) * swing))
            _enter(draft, Trade(account, how, (vendor,), 0, 0), [line], back=back)


def add_bank_feed(draft: Draft) -> None:
    for text, account, paid_with, months in BANK_FEED:
        for month in range(0, MONTHS, months):
            back = 3 + month * WORKDAYS_A_MONTH + draft.random.randrange(15)
            _add_bank_item(draft, text, account, paid_with, back=back)


def _add_bank_item(draft: Draft, text: str, account: str, paid_with: str, *, back: int) -> None:
    """The bank's text stands in the memo and again on the one category line."""
    amount = cents(Decimal(draft.random.randrange(800, 19000)) / 100)
    line = account_line(draft.find("Account", account), amount, text=text)
    payment_type = "Cash" if paid_with == CHECKING else "CreditCard"
    add_purchase(draft, payment_type, [line], back=back, account=paid_with, note=text)
