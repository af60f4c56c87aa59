"""What lists with chosen columns and pages have in common: bills, invoices, shifts."""

from collections.abc import Collection
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from ressio.http import CompanyRequest
from ressio.list_columns import ColumnSet
from ressio.views.places import read_next


def query_without(request: CompanyRequest, *names: str) -> str:
    """The address's query without these, ready to have one appended: `q=oak&` or ""."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    text = query.urlencode()
    return f"{text}&" if text else ""


def describe_columns(
    request: CompanyRequest, columns: ColumnSet, *, without: Collection[str] = ()
) -> dict[str, Any]:
    """For `column_picker.html` and `column_heads.html`. `without`: what would be the same in every row here."""
    shown = columns.shown(request.member)
    return {
        "columns": [column for column in shown if column.key not in without],
        "pickable": columns.pickable(request.member),
        "shown_keys": {column.key for column in shown},
        "kept_keys": columns.always,
    }


def describe_pages(page: int, page_count: int) -> dict[str, int | None]:
    """For `list_pager.html`."""
    return {
        "previous_page": page - 1 if page > 1 else None,
        "next_page": page + 1 if page < page_count else None,
    }


def keep_columns(request: CompanyRequest, columns: ColumnSet, *, list_url: str, list_id: str) -> HttpResponse:
    """Which ones, and in which order. One moved with a button comes back to the list of columns, opened."""
    move = request.POST.get("move", "")
    if "usual" in request.POST:
        columns.forget(request.member)
    else:
        columns.keep(request.member, request.POST.getlist("column"), move=move)
    back = read_next(request, list_url)
    return redirect(f"{back}#{list_id}" if move else back)
