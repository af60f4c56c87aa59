"""What templates of the linking pages need: `{% load quickbooks_links %}`."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse
from django.utils.safestring import SafeString

from integrations.linking.desks import Desk
from integrations.linking.review import Accounts
from ressio.templatetags.ressio_ui import status_chip

register = template.Library()

ROUTES = {
    "link": "link-{}",
    "accept": "link-{}-accept",
    "import": "import-{}",
    "one": "link-{}-one",
    "unlink": "unlink-{}",
}


@register.simple_tag(takes_context=True)
def desk_url(context: Context, page: str, desk: Desk, thing: Any = None) -> str:
    kwargs: dict[str, Any] = {"company": context["company"].slug}
    if thing is not None:
        kwargs[desk.id_name] = thing.pk
    return reverse(ROUTES[page].format(desk.key), kwargs=kwargs)


@register.simple_tag(takes_context=True)
def row_url(context: Context, desk: Desk, row: Any) -> str:
    kwargs = {"company": context["company"].slug, "row_ref": row.quickbooks_id}
    return reverse(f"link-{desk.key}-row", kwargs=kwargs)


@register.filter
def full_name(row: Any) -> str:
    """With its place in the hierarchy where there is one, as QuickBooks writes it."""
    return str(getattr(row, "full_name", "") or row.name)


@register.filter
def category_path(row: Any) -> str:
    """Where it stands in QuickBooks' hierarchy; "" at the top, and for lists without one."""
    return " / ".join(str(getattr(row, "full_name", "")).split(":")[:-1])


@register.filter
def of(accounts: Mapping[str, Accounts], row: Any) -> Accounts:
    return accounts.get(row.quickbooks_id, Accounts())


@register.simple_tag
def row_state(row: Any, obstacle: Any = None, quiet: bool = False) -> SafeString | str:
    """A chip: eligible or not, inactive, deleted. `quiet` says nothing when all is well."""
    if row is None:
        return status_chip("Missing", "bad")
    if obstacle is not None:
        return status_chip(obstacle.label, "bad" if row.is_deleted else "warn")
    if not row.is_active:
        return status_chip("Inactive", "neutral")
    return "" if quiet else status_chip("Active", "ok")
