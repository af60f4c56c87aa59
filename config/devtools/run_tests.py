"""`make test` and `make test-fast`: which tests run on which stack, one after the other, and what it came to.

python -m config.devtools.run_tests all    every test on SQLite, on PostgreSQL + Redis, then the browser
python -m config.devtools.run_tests fast   the inner loop: SQLite, nothing slow, no browser
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from urllib.parse import urlsplit

from config.devtools.servers import run_servers

CORES = max(2, min(os.cpu_count() or 2, 6))
"""Up to where starting more processes costs more than it saves."""
# More processes than cores, as many tests wait: for servers, and in the browser for pages and clocks.
PROCESSES = int(os.environ.get("TEST_PROCESSES", CORES + 2))
# Tables straight from the models, which saves each process half a hundred migrations. These have a test of their own,
# on each database, and `make lint` compares them with the models.
NO_MIGRATIONS = "--no-migrations"
STACK_VARIABLES = ("DATABASE_URL", "REDIS_URL")
LOCAL_HOSTS = "127.0.0.1,localhost,::1"
NO_BROWSER = """
!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
!!  THE BROWSER TESTS DID NOT RUN: there is no Chromium on this machine.  !!
!!  Get it with:  apt-get update && apt-get install -y chromium           !!
!!  (or set CHROMIUM_PATH to one), then:  make test-browser               !!
!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!
"""


@dataclass(frozen=True)
class Outcome:
    title: str
    exit_code: int
    seconds: float

    def __str__(self) -> str:
        verdict = "passed" if self.exit_code == 0 else f"FAILED (exit code {self.exit_code})"
        return f"{self.title}: {verdict} in {self.seconds:.0f} s"


def main(arguments: list[str]) -> int:
    plan, *more = arguments or ["all"]
    signal.signal(signal.SIGTERM, leave_in_order)
    outcomes = list(PLANS[plan](more))
    print("\n" + "\n".join(map(str, outcomes)))
    return warn_without_browser(plan) or max(outcome.exit_code for outcome in outcomes)


def leave_in_order(signum: int, frame: FrameType | None) -> None:
    """SIGTERM becomes an exception, so that the servers started below are stopped on the way out."""
    raise SystemExit(128 + signum)


def test_all(more: list[str]) -> Iterator[Outcome]:
    yield run_pytest("SQLite", "not browser", drop_stack(os.environ), more)
    with choose_stack() as environment:
        yield run_pytest("PostgreSQL + Redis", "not browser and not pure", environment, more)
    if find_chromium():
        yield from test_browser(more)


def test_fast(more: list[str]) -> Iterator[Outcome]:
    yield run_pytest("SQLite, the quick ones", "not browser and not slow", drop_stack(os.environ), more)


def test_browser(more: list[str]) -> Iterator[Outcome]:
    yield run_pytest("Browser", "browser", drop_stack(os.environ), more)


PLANS = {"all": test_all, "fast": test_fast, "browser": test_browser}


def drop_stack(environment: "os._Environ[str]") -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in STACK_VARIABLES}


@contextmanager
def choose_stack() -> Iterator[dict[str, str]]:
    """The running servers that the environment points at, or else our own for the length of the run."""
    if all(os.environ.get(name) for name in STACK_VARIABLES):
        yield dict(os.environ)
        return
    with run_servers() as urls:
        yield {**os.environ, **urls}


def run_pytest(title: str, marks: str, environment: dict[str, str], more: list[str]) -> Outcome:
    print(f"\n=== Tests: {title} ===", flush=True)
    hosts = f"--allow-hosts={name_allowed_hosts(environment)}"
    pytest = [sys.executable, "-m", "pytest", "-q", "-n", str(PROCESSES), NO_MIGRATIONS]
    started = time.monotonic()
    process = subprocess.Popen([*pytest, "-m", marks, hosts, *more], env=keep_bytecode(environment))
    try:
        exit_code = process.wait()
    except BaseException:
        stop_pytest(process)
        raise
    return Outcome(title, exit_code, time.monotonic() - started)


def keep_bytecode(environment: Mapping[str, str]) -> dict[str, str]:
    """Several processes import everything; without the cache each compiles it anew, which takes seconds."""
    return {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}


def stop_pytest(process: "subprocess.Popen[bytes]") -> None:
    """Before the servers go: pytest closes its databases and processes on SIGINT."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def name_allowed_hosts(environment: dict[str, str]) -> str:
    """This machine, and a Redis elsewhere when the environment names one."""
    host = urlsplit(environment.get("REDIS_URL", "")).hostname
    return f"{LOCAL_HOSTS},{host}" if host else LOCAL_HOSTS


def find_chromium() -> str | None:
    return os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")


def warn_without_browser(plan: str) -> int:
    """Never silent; a failure where somebody counts on the browser tests, as CI does."""
    if plan == "fast" or find_chromium():
        return 0
    print(NO_BROWSER, flush=True)
    return 1 if os.environ.get("REQUIRE_BROWSER_TESTS") else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
