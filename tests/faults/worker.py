"""What runs in the processes of a fault run: Celery's worker and beat, forked from one process that has loaded Ressio.

So the next worker is up in no time when one is killed.
"""

import ctypes
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from config.celery import app
from tests.faults import deaths, random_ids

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Orders:
    name: str
    folder: Path
    """Logs and warrants."""
    base_url: str
    """Where this worker finds QuickBooks; tells the network whose request it is."""
    has_random_ids: bool = False


def run_worker(orders: Orders) -> None:
    begin(orders)
    settings.QBO_API_BASE_URL = orders.base_url
    if orders.has_random_ids:
        random_ids.install()
    deaths.install(orders.folder)
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING")
    app.worker_main(["worker", "--pool=solo", f"--hostname={orders.name}@faults", *quiet])


def run_beat(orders: Orders) -> None:
    begin(orders)
    app.start(["beat", "--max-interval=1", "--loglevel=WARNING"])


def begin(orders: Orders) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    log = os.open(orders.folder / f"{orders.name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
