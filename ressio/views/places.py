"""Where to send somebody: only ever to a page of this site."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from ressio.models import Company


def read_next(request: HttpRequest, default: str = "/") -> str:
    """The `next` of the request if it is an address on this site, else the default."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_local = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_local else default


def company_url(name: str, company: Company, **kwargs: object) -> str:
    return reverse(name, kwargs={"company": company.slug, **kwargs})
