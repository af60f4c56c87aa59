"""Makes the database that measurements start from: migrated, one company, connected, nothing synced yet.

Prints the statements of a full pull, in the product's own words, so that the floor fetches the same pages.
"""

import sys
from typing import Any

from tests.bench.children.base import hand_back, in_company, open_limits, start_django


def main() -> None:
    start_django()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if len(sys.argv) > 1:
        connect_to(*sys.argv[1:])
        open_limits()
        hand_back(**plan_pages())
    else:
        hand_back()


def connect_to(base_url: str, realm_id: str) -> None:
    from ressio.models import Company
    from tests.support.quickbooks import connect
    from tests.support.sandbox import Realm, Sandbox

    company = Company.objects.create(name="Summit Line Builders", slug="summit")
    connect(Realm(Sandbox(base_url), realm_id), company)


def plan_pages() -> dict[str, Any]:
    from integrations.feeds.statements import CREATED, PAGE, where
    from integrations.gateway import Gateway
    from integrations.gateway.quoting import build_select
    from integrations.registry import ENTITIES, Shelf, Source

    with in_company() as connection:
        gateway = Gateway(connection)
        feeds = [feed for feed in ENTITIES.values() if feed.source is not Source.WHOLE]
        counts = {feed.entity: gateway.count(feed.entity, where(feed)) for feed in feeds}
        pages = [
            build_select(feed.entity, where=where(feed), order=CREATED, start=start, size=PAGE)
            for feed in feeds
            for start in range(1, counts[feed.entity] + 1, PAGE)
        ]
    transactions = sum(counts[feed.entity] for feed in feeds if feed.shelf in (Shelf.COST, Shelf.SALE))
    return {"pages": pages, "transactions": transactions}


if __name__ == "__main__":
    main()
