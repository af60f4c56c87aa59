"""What the demo builder buys: who supplies each trade, how it is paid, and for how much.

Amounts are those of a whole new house; a project scales them (``STORIES``).
"""

from __future__ import annotations

from typing import NamedTuple

from integrations.sandbox.companies import demo_customers as customers
from integrations.sandbox.companies import demo_vendors as vendors
from integrations.sandbox.companies.demo_items import DRYWALL, LUMBER, ROUGH_FRAMING

BY_BILL, BY_CARD, BY_EXPENSE, BY_CHECK = "bill", "card", "expense", "check"


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
    Trade("01-200 Permits & Fees", BY_CHECK, (vendors.COUNTY,), 1800, 4200, text="Permit and plan review"),
    Trade("02-500 Erosion Control", BY_CARD, (vendors.HARDWARE,), 240, 690, text="Silt fence, straw wattles"),
    Trade("02-100 Demolition", BY_BILL, (vendors.EXCAVATION,), 3800, 9200),
    Trade("02-200 Excavation & Grading", BY_BILL, (vendors.EXCAVATION,), 9000, 21000, 2),
    Trade("01-300 Temporary Power & Toilets", BY_EXPENSE, (vendors.RENTALS,), 290, 580, 2),
    Trade("03-100 Footings & Foundation", BY_BILL, (vendors.READY_MIX,), 18000, 34000, 2),
    Trade(
        "03-200 Flatwork & Slabs", BY_BILL, (vendors.READY_MIX,), 6000, 12000, text="4000 psi mix, delivered"
    ),
    Trade("03-300 Concrete Pumping", BY_BILL, (vendors.READY_MIX,), 900, 1900),
    Trade("02-300 Septic & Utilities", BY_BILL, (vendors.EXCAVATION,), 7000, 16000),
    Trade(LUMBER, BY_BILL, (vendors.LUMBER_YARD,), 14000, 26000, 3, "2x6 SPF, OSB, LVL per takeoff"),
    Trade("06-120 Trusses", BY_BILL, (vendors.TRUSSES,), 9500, 15500),
    Trade("05-100 Structural Steel & Hardware", BY_CARD, (vendors.HARDWARE, vendors.SAWS), 300, 1400, 2),
    Trade(ROUGH_FRAMING, BY_BILL, (vendors.FRAMERS,), 16000, 29000, 2, "Framing labor per contract"),
    Trade("01-500 Equipment Rental", BY_EXPENSE, (vendors.RENTALS,), 600, 2400, 2, "Telehandler, weekly"),
    Trade("07-100 Roofing", BY_BILL, (vendors.ROOFER,), 11000, 19500),
    Trade("08-100 Windows", BY_BILL, (vendors.WINDOWS, vendors.FENSTER), 12000, 24000),
    Trade("08-200 Exterior Doors", BY_BILL, (vendors.WINDOWS,), 3200, 7400),
    Trade("22-100 Rough Plumbing", BY_BILL, (vendors.PLUMBER,), 8000, 14500),
    Trade("26-100 Rough Electrical", BY_BILL, (vendors.ELECTRICIAN,), 8500, 15500),
    Trade("23-100 HVAC", BY_BILL, (vendors.HVAC,), 10500, 18500),
    Trade("26-300 Low Voltage & Data", BY_CHECK, (vendors.ELECTRICIAN,), 700, 2100),
    Trade("07-300 Siding & Exterior Trim", BY_BILL, (vendors.LUMBER_YARD,), 8200, 14800),
    Trade("07-500 Insulation", BY_BILL, (vendors.INSULATION,), 4400, 8600),
    Trade("01-400 Dumpster & Haul-off", BY_EXPENSE, (vendors.WASTE,), 465, 930, 2),
    Trade(DRYWALL, BY_BILL, (vendors.RIVERA,), 9500, 16500, 2, "Hang, tape, texture"),
    Trade("09-200 Interior Painting", BY_BILL, (vendors.PAINTER,), 5400, 9800),
    Trade("09-210 Exterior Painting", BY_BILL, (vendors.PAINTER,), 3900, 7700),
    Trade("06-210 Millwork & Trim", BY_CARD, (vendors.LUMBER_YARD,), 900, 3100, 2),
    Trade("08-300 Interior Doors & Hardware", BY_BILL, (vendors.WINDOWS,), 3600, 7200),
    Trade("12-100 Cabinets", BY_BILL, (vendors.CABINETS,), 11000, 24000, 2, "50 % progress payment"),
    Trade("12-200 Countertops", BY_BILL, (vendors.COUNTERTOPS,), 4800, 9900),
    Trade("09-310 Tile", BY_BILL, (vendors.TILE,), 3700, 8400),
    Trade("09-300 Hardwood Flooring", BY_BILL, (vendors.TILE,), 6900, 13500),
    Trade("22-200 Plumbing Fixtures", BY_CARD, (vendors.PLUMBER,), 900, 3600),
    Trade("26-200 Light Fixtures", BY_CARD, (vendors.HARDWARE,), 400, 2900),
    Trade("11-100 Appliances", BY_EXPENSE, (vendors.APPLIANCES,), 5200, 11900),
    Trade("06-300 Decks & Railings", BY_CARD, (vendors.LUMBER_YARD,), 1800, 5200, 2),
    Trade("08-400 Garage Doors", BY_CHECK, (vendors.WINDOWS,), 1900, 3900),
    Trade("32-100 Landscaping", BY_BILL, (vendors.LANDSCAPER,), 4200, 11500),
    Trade("01-600 Final Cleaning", BY_CHECK, (vendors.WASTE,), 480, 960),
)


class Story(NamedTuple):
    """One job: ``start`` to ``end`` in working days ago, the first signs of its items, its scale in percent."""

    customer: str
    start: int
    end: int
    scale: int
    trades: tuple[str, ...]
    billable: bool = False


NEW_HOUSE = ("",)
SHELL = ("01-2", "01-3", "02", "03", "05", "06-1")
ADDITION = ("01-2", "01-4", "02-1", "02-2", "03", "05", "06-1", "06-2", "07", "08-1", "22-1", "26-1", "23")
REMODEL = ("01-2", "01-4", "01-5", "06-2", "08", "09", "12", "22", "26")
STORIES = (
    Story(customers.CLUBHOUSE, 258, 205, 60, ("01-4", "01-5", "07-1")),
    Story(customers.LOT_14, 240, 1, 100, NEW_HOUSE),
    Story(customers.MAPLE_STREET, 212, 32, 40, REMODEL, billable=True),
    Story(customers.GARAGE, 185, 66, 45, ("01-2", "03", "06-1", "07", "08", "26-1")),
    Story(customers.HARBOR_VIEW, 150, 3, 60, ADDITION),
    Story(customers.TEA_HOUSE, 122, 48, 15, ("03-1", "05", "06-1", "06-2", "07-1", "32")),
    Story(customers.KITCHEN, 96, 9, 35, ("09", "11", "12", "22", "26")),
    Story(customers.BLEACHERS, 80, 40, 20, ("05", "06-1")),
    Story(customers.DECK, 70, 30, 30, ("03-1", "06-3")),
    Story(customers.LOT_15, 58, 0, 100, SHELL),
    Story(customers.UNIT_3B, 44, 20, 18, ("09", "11")),
    Story(customers.PATIO, 30, 6, 22, ("03-2", "06-1", "07-1")),
    Story(customers.WALK_IN, 200, 10, 6, ("08-3", "26-2")),
)
