"""One company never sees another's rows: every query runs inside a company's scope or fails.

`objects` on every model that belongs to a company is a manager that refuses to work outside
`scope(company=…)`. The web middleware, the API's base view and every Celery task open the scope;
the staff admin and migrations leave it on purpose with `scopes_disabled()`.
"""

from typing import Any

from django.db import models
from django_scopes import ScopedManager, scope, scopes_disabled

__all__ = ["company_scoped", "scope", "scopes_disabled"]


def company_scoped(queryset: type[models.QuerySet[Any]] = models.QuerySet) -> Any:
    """A manager limited to the company in scope; outside a scope every query raises `ScopeError`."""
    return ScopedManager(company="company", _manager_class=models.Manager.from_queryset(queryset))
