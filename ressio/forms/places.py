"""Choices of currency and time zone."""

from zoneinfo import available_timezones

CURRENCIES = [
    ("USD", "USD · US dollar"),
    ("CAD", "CAD · Canadian dollar"),
    ("AUD", "AUD · Australian dollar"),
    ("EUR", "EUR · Euro"),
    ("GBP", "GBP · Pound sterling"),
    ("INR", "INR · Indian rupee"),
    ("MXN", "MXN · Mexican peso"),
    ("NZD", "NZD · New Zealand dollar"),
    ("SGD", "SGD · Singapore dollar"),
    ("ZAR", "ZAR · South African rand"),
]
REGIONS = ("America/", "Pacific/", "Europe/", "Africa/", "Asia/", "Atlantic/", "Australia/", "Indian/")
TIME_ZONES = [
    (zone, zone.replace("_", " "))
    for region in REGIONS
    for zone in sorted(available_timezones())
    if zone.startswith(region)
]
