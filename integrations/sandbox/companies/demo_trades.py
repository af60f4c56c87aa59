"""What the demo builder buys: who supplies each trade, how it is paid, and for how much.

Amounts are those of a whole new house; a project scales them (``STORIES``).
"""

from __future__ import annotations

from typing import NamedTuple

from integrations.sandbox.companies import demo_customers as customers
from integrations.sandbox.companies import demo_vendors as vendors
from integrations.sandbox.companies.demo_items import DRYWALL, LUMBER, ROUGH_FRAMING

BILL, CARD, EXPENSE, CHECK = "bill", "card", "expense", "check"


class Trade(NamedTuple):
    """``low``/``high`` are dollars; ``parts`` is how many documents the work is spread over."""

    item: str
    how: str
    vendors: tuple[str, ...]
    low: int
    high: int
    parts: int = 1
    text: str = ""


# In the order a house is built. Items with a purchase cost in the catalogue are bought by quantity.
TRADES = (
    Trade("01-200 Permits & Fees", CHECK, (vendors.COUNTY,), 1800, 4200, text="Permit and plan review"),
    Trade("02-500 Erosion Control", CARD, (vendors.HARDWARE,), 240, 690, text="Silt fence, straw wattles"),
    Trade("02-100 Demolition", BILL, (vendors.EXCAVATION,), 3800, 9200),
    Trade("02-200 Excavation & Grading", BILL, (vendors.EXCAVATION,), 9000, 21000, 2),
    Trade("01-300 Temporary Power & Toilets", EXPENSE, (vendors.RENTALS,), 290, 580, 2),
    Trade("03-100 Footings & Foundation", BILL, (vendors.READY_MIX,), 18000, 34000, 2),
    Trade("03-200 Flatwork & Slabs", BILL, (vendors.READY_MIX,), 6000, 12000, text="4000 psi mix, delivered"),
    Trade("03-300 Concrete Pumping", BILL, (vendors.READY_MIX,), 900, 1900),
    Trade("02-300 Septic & Utilities", BILL, (vendors.EXCAVATION,), 7000, 16000),
    Trade(LUMBER, BILL, (vendors.LUMBER_YARD,), 14000, 26000, 3, "2x6 SPF, OSB, LVL per takeoff"),
    Trade("06-120 Trusses", BILL, (vendors.TRUSSES,), 9500, 15500),
    Trade("05-100 Structural Steel & Hardware", CARD, (vendors.HARDWARE, vendors.SAWS), 300, 1400, 2),
    Trade(ROUGH_FRAMING, BILL, (vendors.FRAMERS,), 16000, 29000, 2, "Framing labor per contract"),
    Trade("01-500 Equipment Rental", EXPENSE, (vendors.RENTALS,), 600, 2400, 2, "Telehandler, weekly"),
    Trade("07-100 Roofing", BILL, (vendors.ROOFER,), 11000, 19500),
    Trade("08-100 Windows", BILL, (vendors.WINDOWS, vendors.FENSTER), 12000, 24000),
    Trade("08-200 Exterior Doors", BILL, (vendors.WINDOWS,), 3200, 7400),
    Trade("22-100 Rough Plumbing", BILL, (vendors.PLUMBER,), 8000, 14500),
    Trade("26-100 Rough Electrical", BILL, (vendors.ELECTRICIAN,), 8500, 15500),
    Trade("23-100 HVAC", BILL, (vendors.HVAC,), 10500, 18500),
    Trade("26-300 Low Voltage & Data", CHECK, (vendors.ELECTRICIAN,), 700, 2100),
    Trade("07-300 Siding & Exterior Trim", BILL, (vendors.LUMBER_YARD,), 8200, 14800),
    Trade("07-500 Insulation", BILL, (vendors.INSULATION,), 4400, 8600),
    Trade("01-400 Dumpster & Haul-off", EXPENSE, (vendors.WASTE,), 465, 930, 2),
    Trade(DRYWALL, BILL, (vendors.RIVERA,), 9500, 16500, 2, "Hang, tape, texture"),
    Trade("09-200 Interior Painting", BILL, (vendors.PAINTER,), 5400, 9800),
    Trade("09-210 Exterior Painting", BILL, (vendors.PAINTER,), 3900, 7700),
    Trade("06-210 Millwork & Trim", CARD, (vendors.LUMBER_YARD,), 900, 3100, 2),
    Trade("08-300 Interior Doors & Hardware", BILL, (vendors.WINDOWS,), 3600, 7200),
    Trade("12-100 Cabinets", BILL, (vendors.CABINETS,), 11000, 24000, 2, "50 % progress payment"),
    Trade("12-200 Countertops", BILL, (vendors.COUNTERTOPS,), 4800, 9900),
    Trade("09-310 Tile", BILL, (vendors.TILE,), 3700, 8400),
    Trade("09-300 Hardwood Flooring", BILL, (vendors.TILE,), 6900, 13500),
    Trade("22-200 Plumbing Fixtures", CARD, (vendors.PLUMBER,), 900, 3600),
    Trade("26-200 Light Fixtures", CARD, (vendors.HARDWARE,), 400, 2900),
    Trade("11-100 Appliances", EXPENSE, (vendors.APPLIANCES,), 5200, 11900),
    Trade("06-300 Decks & Railings", CARD, (vendors.LUMBER_YARD,), 1800, 5200, 2),
    Trade("08-400 Garage Doors", CHECK, (vendors.WINDOWS,), 1900, 3900),
    Trade("32-100 Landscaping", BILL, (vendors.LANDSCAPER,), 4200, 11500),
    Trade("01-600 Final Cleaning", CHECK, (vendors.WASTE,), 480, 960),
)


class Story(NamedTuple):
    """One job: from ``start`` to ``end`` working days ago, these trades by number, at this scale (percent)."""

    customer: str
    start: int
    end: int
    scale: int
    trades: tuple[str, ...]
    billable: bool = False


NEW_HOUSE = tuple(trade.item[:2] for trade in TRADES)
SHELL = ("01", "02", "03", "05", "06")
STORIES = (
    Story(customers.CLUBHOUSE, 258, 205, 60, ("01", "07")),
    Story(customers.LOT_14, 240, 4, 100, NEW_HOUSE),
    Story(customers.MAPLE_STREET, 212, 32, 40, ("01", "06", "08", "09", "12", "22", "26"), billable=True),
    Story(customers.GARAGE, 185, 66, 45, ("01", "03", "06", "07", "08", "26")),
    Story(customers.HARBOR_VIEW, 150, 3, 60, ("01", "02", "03", "06", "07", "08", "22", "26", "23")),
    Story(customers.TEA_HOUSE, 122, 48, 15, ("03", "05", "06", "07", "32")),
    Story(customers.KITCHEN, 96, 9, 35, ("09", "11", "12", "22", "26")),
    Story(customers.BLEACHERS, 80, 40, 20, ("05", "06")),
    Story(customers.DECK, 70, 30, 30, ("03", "06")),
    Story(customers.LOT_15, 58, 2, 100, SHELL),
    Story(customers.UNIT_3B, 44, 20, 18, ("09", "11")),
    Story(customers.PATIO, 30, 6, 22, ("03", "06", "07")),
    Story(customers.WALK_IN, 200, 10, 6, ("08", "26")),
)
