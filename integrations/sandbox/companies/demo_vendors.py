"""The demo company's vendors and employees."""

from __future__ import annotations

from decimal import Decimal

from integrations.sandbox.companies.demo_setup import CITY, POSTAL_CODE, STATE
from integrations.sandbox.companies.draft import Draft
from integrations.sandbox.companies.shapes import CAD, USD, ZERO, Document, address

READY_MIX = "Hayden Ready-Mix Co."
EXCAVATION = "North Idaho Excavation"
KOOTENAY = "Kootenay Timber Ltd."
LUMBER_YARD = "Lakeland Lumber & Millwork"
TRUSSES = "Palouse Truss Works"
ROOFER = "Bitterroot Roofing"
WINDOWS = "Panhandle Window & Door"
FENSTER = "Müller & Söhne Fenster"
PLUMBER = "Cascade Plumbing & Heating"
ELECTRICIAN = "Voltaic Electric LLC"
HVAC = "Arctic Air HVAC"
RIVERA = "Tomás Rivera Drywall"
PAINTER = "Brushworks Painting"
TILE = "Inland Tile & Stone"
CABINETS = "Selkirk Cabinetry"
COUNTERTOPS = "Granite Peak Countertops"
APPLIANCES = "Westside Appliance"
LANDSCAPER = "Green Acre Landscaping"
WASTE = "Tri-County Waste"
RENTALS = "Summit Equipment Rental"
COUNTY = "County Building & Planning"
HARDWARE = "Pine Street Hardware"
SAWS = "O'Malley's Saw & Tool"
POWER = "Lakeside Power & Water"
INSURER = "Harbor Insurance Group"
FUEL = "Route 95 Fuel Stop"
INSULATION = "Northstar Insulation"
FRAMERS = "Timberline Framing Crew"
LANDLORD = "Ironwood Properties"
INACTIVE_VENDOR = "Panhandle Plumbing Supply"

# name -> (our number there, yard or office)
VENDORS = {
    READY_MIX: ("HRM-2210", "4100 Government Way"),
    EXCAVATION: ("", "88 Gravel Pit Road"),
    KOOTENAY: ("C-118", "700 Mill Street"),
    LUMBER_YARD: ("10442", "2550 Seltice Way"),
    TRUSSES: ("", "19 Depot Street"),
    ROOFER: ("", "311 Ramsey Road"),
    WINDOWS: ("RH-77", "5005 Industrial Loop"),
    FENSTER: ("", "12 Cedar Trade Park"),
    PLUMBER: ("", "640 Best Avenue"),
    ELECTRICIAN: ("", "75 Kathleen Avenue"),
    HVAC: ("", "902 Dalton Avenue"),
    RIVERA: ("", "1310 Locust Avenue"),
    PAINTER: ("", "44 Honeysuckle Lane"),
    TILE: ("4471", "1701 Northwest Boulevard"),
    CABINETS: ("", "8 Selkirk Way"),
    COUNTERTOPS: ("", "2900 Fairway Drive"),
    APPLIANCES: ("RIDGE1", "615 Appleway Avenue"),
    LANDSCAPER: ("", "3300 Prairie Avenue"),
    WASTE: ("90-3381", "1 Transfer Station Road"),
    RENTALS: ("", "2121 Highway 95"),
    COUNTY: ("", "451 Courthouse Square"),
    HARDWARE: ("", "203 Pine Street"),
    SAWS: ("", "17 Foundry Lane"),
    POWER: ("7741-0092", "100 Utility Plaza"),
    INSURER: ("POL-55810", "6 Marina Court"),
    FUEL: ("", "9500 Highway 95"),
    INSULATION: ("", "415 Clayton Avenue"),
    FRAMERS: ("", "2 Ridge Spur"),
    LANDLORD: ("", "1180 Ironwood Drive"),
    INACTIVE_VENDOR: ("", "830 Commerce Drive"),
}

CARVER = "Emily Carver"
WEBB = "Marcus Webb"
KOEHLER = "Anneliese Köhler"
OROURKE = "Dan O'Rourke"
RAMAN = "Priya Raman"
ZHANG = "Wei Zhang"
HERRERA = "Luz Herrera"
INACTIVE_EMPLOYEE = "Hank Tillman"

# name -> (CostRate, BillRate); empty = the field is absent, so Raman has neither.
EMPLOYEES = {
    CARVER: ("58.00", "95.00"),
    WEBB: ("41.50", "72.00"),
    KOEHLER: ("38.00", ""),
    OROURKE: ("", "65.00"),
    RAMAN: ("", ""),
    ZHANG: ("36.25", "65.00"),
    HERRERA: ("30.00", ""),
    INACTIVE_EMPLOYEE: ("27.75", ""),
}


def add_vendors(draft: Draft) -> None:
    for name, (account_number, street) in VENDORS.items():
        _add_vendor(draft, name, account_number, street)


def _add_vendor(draft: Draft, name: str, account_number: str, street: str) -> None:
    mark = " (deleted)" if name == INACTIVE_VENDOR else ""
    fields = {
        "DisplayName": name + mark,
        "PrintOnCheckName": name,
        "Active": name != INACTIVE_VENDOR,
        "Vendor1099": name == RIVERA,
        "Balance": ZERO,
        "CurrencyRef": CAD if name == KOOTENAY else USD,
        "BillAddr": _vendor_address(name, street),
        **_vendor_names(name),
    }
    if account_number:
        fields["AcctNum"] = account_number
    draft.add("Vendor", fields)


def _vendor_address(name: str, street: str) -> Document:
    if name == KOOTENAY:
        return address(street, "Cranbrook", "BC", "V1C 1A1", "CAN")
    return address(street, CITY, STATE, POSTAL_CODE)


def _vendor_names(name: str) -> Document:
    """Only the contractor is a person; he also has rates, because he books time."""
    if name != RIVERA:
        return {"CompanyName": name}
    return {
        "GivenName": "Tomás",
        "FamilyName": "Rivera",
        "CompanyName": name,
        "TaxIdentifier": "XXXXXXX6789",
        "BillRate": Decimal("68.00"),
        "CostRate": Decimal("52.00"),
    }


def add_employees(draft: Draft) -> None:
    for number, name in enumerate(EMPLOYEES, 1):
        _add_employee(draft, number, name)


def _add_employee(draft: Draft, number: int, name: str) -> None:
    cost, bill = EMPLOYEES[name]
    given, _, family = name.rpartition(" ")
    active = name != INACTIVE_EMPLOYEE
    fields: Document = {
        "DisplayName": name if active else f"{name} (deleted)",
        "GivenName": given,
        "FamilyName": family,
        "PrintOnCheckName": name,
        "EmployeeNumber": f"E-{number:02}",
        "Active": active,
        "BillableTime": bool(bill),
        "SSN": "XXX-XX-XXXX",
        "PrimaryAddr": address(f"{number * 11} Foothill Road", CITY, STATE, POSTAL_CODE),
    }
    if bill:
        fields["BillRate"] = Decimal(bill)
    if cost:
        fields["CostRate"] = Decimal(cost)
    draft.add("Employee", fields)
