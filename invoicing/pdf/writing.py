"""The PDF of an invoice, made of the same page that is printed. Needs WeasyPrint and the system's Pango."""

from functools import cache
from importlib import import_module
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from invoicing.pdf.paper import Paper

STYLES = ("invoicing/css/paper.css", "invoicing/css/pdf.css")
LETTER_CURRENCIES = ("USD", "CAD")
WHY_NONE = (
    "This server cannot make PDFs: the extra “pdf” or the system library Pango is missing. Print the page "
    "instead and choose “Save as PDF”; whoever runs Ressio finds what to install in the README."
)


class NoPdf(Exception):
    """This machine cannot make one. The text is for people."""


@cache
def _find_writer() -> Any | None:
    """WeasyPrint, or None where it or a library it stands on is missing. Loading it takes a second, so not before
    somebody wants a PDF.
    """
    try:
        return import_module("weasyprint")
    except (ImportError, OSError):
        return None


def can_write_pdf() -> bool:
    return _find_writer() is not None


def write_pdf(paper: Paper) -> bytes:
    """Reads no address: neither a file nor the network is asked while it is made. Raises `NoPdf`."""
    writer = _find_writer()
    if writer is None:
        raise NoPdf(WHY_NONE)
    text = render_to_string("invoicing/paper/pdf.html", {"paper": paper, "invoice": paper.invoice})
    nowhere = writer.urls.URLFetcher(allowed_protocols=())
    size = "letter" if paper.currency in LETTER_CURRENCIES else "a4"
    styles = [writer.CSS(string=f"@page {{ size: {size} }}"), *map(_read_style, STYLES)]
    document = writer.HTML(string=text, url_fetcher=nowhere)
    written: bytes = document.write_pdf(stylesheets=styles)
    return written


@cache
def _read_style(name: str) -> Any:
    writer, path = _find_writer(), finders.find(name)
    assert writer is not None
    assert path is not None
    return writer.CSS(filename=path)
