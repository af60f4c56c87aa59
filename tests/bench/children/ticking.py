"""Two hundred companies with an invoice in QuickBooks each, all read to the end; then the tick of every 15 minutes.

ticking.py BASE_URL prepare HOW_MANY
ticking.py BASE_URL tick
"""

import sys
import time
from datetime import date
from decimal import Decimal
from typing import Any

from tests.bench.children.base import hand_back, start_django


def main() -> None:
    base_url, what, *rest = sys.argv[1:]
    start_django()
    if what == "prepare":
        from django.core.management import call_command

        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        for number in range(int(rest[0])):
            open_company(base_url, number)
        hand_back()
    else:
        hand_back(**tick())


def realm_id(number: int) -> str:
    return str(9_130_000_000_000_000 + number)


def open_company(base_url: str, number: int) -> None:
    """Everything was read a moment ago: the cursors stand, as after any sync."""
    from django.utils import timezone

    from integrations.feeds.cursors import save_cursors
    from integrations.registry import ENTITIES
    from invoicing.models import Invoice, InvoiceState
    from ressio.models import Company, Project
    from ressio.scoping import scope
    from tests.support.quickbooks import connect
    from tests.support.sandbox import Sandbox

    now = timezone.now()
    company = Company.objects.create(name=f"Builder {number}", slug=f"builder-{number}")
    connection = connect(Sandbox(base_url).open_company(realm_id=realm_id(number)), company)
    with scope(company=company):
        save_cursors(connection, dict.fromkeys(ENTITIES, now), asked_at=now, in_full=True)
        Invoice.objects.create(
            company=company,
            project=Project.objects.create(company=company, name="House"),
            connection=connection,
            quickbooks_id="1",
            state=InvoiceState.UNPAID,
            issued_on=date(2026, 3, 2),
            total=Decimal("1000.00"),
            quickbooks_total=Decimal("1000.00"),
            balance=Decimal("1000.00"),
        )


def tick() -> dict[str, Any]:
    """Asked for as beat does, then carried out one after the other, as by one worker."""
    from django.db import connection as database
    from django.utils import timezone

    from integrations.models import ApiUsage, RunStatus, SyncRun
    from integrations.sync import perform_sync
    from invoicing.payments.schedule import request_invoice_syncs
    from ressio.scoping import scopes_disabled

    queries = QueryCounter()
    with database.execute_wrapper(queries):
        started = time.perf_counter()
        runs = request_invoice_syncs(now=timezone.now())
        asked = time.perf_counter() - started
        for run_id in runs:
            perform_sync(run_id)
        seconds = time.perf_counter() - started
    with scopes_disabled():
        done = SyncRun.objects.filter(pk__in=runs, status=RunStatus.SUCCEEDED, changed_count=0).count()
        metered = sum(ApiUsage.objects.values_list("metered", flat=True))
    return {"runs": done, "asked": asked, "seconds": seconds, "queries": queries.count, "metered": metered}


class QueryCounter:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


if __name__ == "__main__":
    main()
