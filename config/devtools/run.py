"""`make run`: Ressio with demo data, a stand-in QuickBooks, a worker and beat, all in one terminal.

WEB_PORT and SANDBOX_PORT choose other ports. Ctrl-C stops everything in order; the data stays in `var/`.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from config.devtools.processes import Child, Plan
from config.env import BASE_DIR, VAR_DIR, env
from config.intuit import QuickBooksEnvironment, read_quickbooks_environment

HOST = "127.0.0.1"
WEB_PORT = env.int("WEB_PORT", 8000)
SANDBOX_PORT = env.int("SANDBOX_PORT", 9050)
START_SECONDS = 60
# A worker may be in the middle of a pull; what it does not finish, the sweeper picks up at the next start.
WORKER_STOP_SECONDS = 20
LOCK_FILE = VAR_DIR / "run.lock"


class CannotRun(Exception):
    """Said to the person at the terminal as it is, without a traceback."""


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave_in_order)
    try:
        with hold_lock(LOCK_FILE):
            return run_everything()
    except CannotRun as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1


class StopAsked(BaseException):
    """Ctrl-C, or a signal that means the same. Not an Exception: nothing on the way may swallow it."""


def leave_in_order(number: int, frame: FrameType | None) -> None:
    raise StopAsked


def run_everything() -> int:
    environment = build_environment(os.environ)
    children: list[Child] = []
    try:
        demand_free_ports()
        sign_ins = prepare(environment)
        children.extend(Child(plan, environment) for plan in plan_processes())
        wait_until_ready(children)
        print(welcome(sign_ins), flush=True)
        watch(children)
    except StopAsked:
        print("\nStopping …", flush=True)
    finally:
        ignore_further_signals()
        stop_all(children)
    return 0


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """One run for each data folder; `make reset` takes the same lock. Freed by the system however we end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRun(
                f"Ressio is already running on the data in {path.parent}. Stop it first."
            ) from None
        yield


def build_environment(given: Mapping[str, str]) -> dict[str, str]:
    """The ports chosen here decide the addresses, unless the environment or `.env` already names them."""
    defaults = {
        "QBO_STAND_IN_URL": f"http://{HOST}:{SANDBOX_PORT}",
        "QBO_REDIRECT_URI": f"http://localhost:{WEB_PORT}/quickbooks/callback/",
    }
    return {**defaults, **given, "DJANGO_SETTINGS_MODULE": "config.settings"}


def uses_stand_in() -> bool:
    return read_quickbooks_environment() is QuickBooksEnvironment.STAND_IN


def demand_free_ports() -> None:
    demand_free_port(WEB_PORT, "WEB_PORT")
    if uses_stand_in():
        demand_free_port(SANDBOX_PORT, "SANDBOX_PORT")


def demand_free_port(port: int, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            choose = f"{variable}={port + 1} make run"
            raise CannotRun(f"Port {port} is taken. Stop what uses it, or choose another: {choose}") from None


def prepare(environment: Mapping[str, str]) -> str:
    """Database and demo data. Returns what the demo has to say about signing in."""
    command = [sys.executable, "manage.py", "prepare_local"]
    result = subprocess.run(
        command, cwd=BASE_DIR, env=dict(environment), stdout=subprocess.PIPE, text=True, check=False
    )
    if result.returncode:
        raise CannotRun("Ressio could not prepare its database; the reason is above.")
    return result.stdout.strip()


def plan_processes() -> list[Plan]:
    """In the order of starting; they stop in reverse, so that whoever asks stops before whoever answers."""
    celery = [sys.executable, "-m", "celery", "--app", "config", "--quiet"]
    worker = [*celery, "worker", "-P", "threads", "-c", "4", "--without-gossip", "--without-mingle"]
    return [
        *([plan_sandbox()] if uses_stand_in() else []),
        Plan("worker", worker, WORKER_STOP_SECONDS),
        Plan("beat", [*celery, "beat", "--pidfile="]),
        plan_web(),
    ]


def plan_sandbox() -> Plan:
    state = str(VAR_DIR / "quickbooks-sandbox.sqlite3")
    command = [sys.executable, "-m", "integrations.sandbox", "--port", str(SANDBOX_PORT), "--company", "demo"]
    return Plan("sandbox", [*command, "--state", state])


def plan_web() -> Plan:
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{WEB_PORT}"]
    reload = ["--reload"] if env.bool("DEBUG", False) else []
    return Plan(
        "web", [*command, "--threads", "8", "--graceful-timeout", "4", "--no-control-socket", *reload]
    )


def wait_until_ready(children: list[Child]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers(f"http://{HOST}:{WEB_PORT}/healthz"):
        demand_all_alive(children)
        if time.monotonic() > deadline:
            raise CannotRun(f"The web server did not answer within {START_SECONDS} s.")
        time.sleep(0.2)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310  our own http address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def watch(children: list[Child]) -> None:
    while True:
        demand_all_alive(children)
        time.sleep(0.5)


def demand_all_alive(children: list[Child]) -> None:
    for child in children:
        if child.exit_code is not None:
            child.reader.join(timeout=1)
            said = "\n".join(f"    {line}" for line in child.last_lines)
            name, code = child.plan.name, child.exit_code
            raise CannotRun(f"The {name} stopped by itself (exit code {code}). It said last:\n{said}")


def welcome(sign_ins: str) -> str:
    sandbox = f"  Stand-in QuickBooks   http://{HOST}:{SANDBOX_PORT}\n" if uses_stand_in() else ""
    rule = "-" * 76
    people = f"\n{textwrap.indent(sign_ins, '  ')}\n\n" if sign_ins else ""
    site = f"  Ressio                http://localhost:{WEB_PORT}\n"
    return f"\n{rule}\n{site}{sandbox}{people}  Ctrl-C stops.\n{rule}\n"


def ignore_further_signals() -> None:
    """A second Ctrl-C must not cut the orderly end short; every step of it has a deadline of its own."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def stop_all(children: list[Child]) -> None:
    for child in reversed(children):
        child.stop()


if __name__ == "__main__":
    sys.exit(main())
