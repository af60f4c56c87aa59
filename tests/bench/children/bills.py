"""Makes an office whose bills go to QuickBooks, and so many approved bills in it, none of them sent yet.

bills.py BASE_URL REALM HOW_MANY
"""

import sys
import time
from random import Random
from typing import Any

from tests.bench.children.base import hand_back, start_django


def main() -> None:
    base_url, realm_id, count = sys.argv[1:]
    start_django()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    hand_back(**approve_bills(base_url, realm_id, int(count)))


def approve_bills(base_url: str, realm_id: str, count: int) -> dict[str, Any]:
    from tests.faults.office import approve, enter_bills, open_company
    from tests.support.sandbox import Realm, Sandbox

    with open_company(Realm(Sandbox(base_url), realm_id)) as office:
        plan = enter_bills(office, count, Random(1), with_files=False)
        started = time.perf_counter()
        for start in range(0, count, 100):
            approve(office, plan.drafts[start : start + 100], is_bulk=True)
        return {"approving": time.perf_counter() - started, "total": str(plan.total)}


if __name__ == "__main__":
    main()
