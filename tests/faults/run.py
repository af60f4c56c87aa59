"""`make faults`: bills are sent while workers die, connections break and messages are lost; then everything is counted.

python -m tests.faults.run --bills 1000 --invoices 300 --faults 200 --stack full [--seed 7] [--random-ids | --prove]
python -m tests.faults.run --shifts 300 --faults 60 --stack full: half of the time is edited in QuickBooks meanwhile,
a tenth taken back.
`--random-ids` breaks Ressio on purpose: the run must then find bills that are there twice, or it proves nothing.
"""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from config.devtools.servers import find_free_port
from tests.bench.stage import CLIENT_ID, open_databases
from tests.faults.brokers import Broker, FileBroker, ValkeyBroker
from tests.support.sandbox import Sandbox, run_command

TWICE = re.compile(r"is in QuickBooks \d+ times")


def main(arguments: list[str]) -> int:
    given = read_arguments(arguments)
    if given.prove and not can_fail(given.seed):
        return 1
    folder = Path(tempfile.mkdtemp(prefix="ressio-faults-"))
    try:
        return run(given, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def read_arguments(arguments: list[str]) -> Namespace:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--bills", type=int, default=60)
    parser.add_argument("--invoices", type=int, default=24)
    parser.add_argument(
        "--shifts", type=int, default=0, help="A payday of so many shifts, instead of bills and invoices."
    )
    parser.add_argument("--faults", type=int, default=20, help="Every kind strikes once, however few.")
    parser.add_argument("--stack", choices=("default", "full"), default="default")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--migrate", action="store_true", help="Apply the migrations, one by one.")
    parser.add_argument("--random-ids", action="store_true", help="Each try under a request id of its own.")
    parser.add_argument(
        "--prove", action="store_true", help="First a small run with --random-ids, which must fail."
    )
    return parser.parse_args(arguments)


def can_fail(seed: int) -> bool:
    command = [sys.executable, "-m", "tests.faults.run", "--random-ids", f"--seed={seed}"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [line for line in run.stdout.splitlines() if TWICE.search(line)]
    sys.stdout.write("With random request ids: " + ("; ".join(found) or "NO SECOND BILL WAS FOUND") + "\n\n")
    sys.stdout.flush()
    return run.returncode == 1 and bool(found)


def run(given: Namespace, folder: Path) -> int:
    started = time.monotonic()
    with ExitStack() as stack:
        broker = stack.enter_context(open_stack(given.stack, folder))
        sandbox = stack.enter_context(open_quickbooks(folder))
        set_environment(sandbox, migrates=given.migrate)
        import django

        django.setup()
        from tests.faults.play import Wishes, describe, play, say, say_success  # Django's settings come first

        wishes = Wishes(
            bills=given.bills,
            invoices=given.invoices,
            faults=given.faults,
            seed=given.seed,
            shifts=given.shifts,
            has_random_ids=given.random_ids,
        )
        report = play(wishes, sandbox=sandbox, broker=broker, folder=folder)
    say(f"{describe(report, wishes)}\nall in {time.monotonic() - started:.1f} s")
    if not report.problems:
        say(say_success(wishes))
        return 0
    say(f"\n{len(report.problems)} PROBLEMS, seed {wishes.seed}:\n" + "\n".join(report.problems[:40]))
    say(report.logs[-20_000:])
    return 1


@contextmanager
def open_stack(name: str, folder: Path) -> Iterator[Broker]:
    """Fresh, and in the environment of this process and its children."""
    var_dir = folder / "var"
    for path in (var_dir, folder / "servers"):
        path.mkdir()
    os.environ["RESSIO_VAR_DIR"] = str(var_dir)
    broker: Broker = (
        ValkeyBroker(folder / "servers", find_free_port()) if name == "full" else FileBroker(var_dir)
    )
    with open_databases("postgresql" if name == "full" else "sqlite", folder / "servers") as databases:
        os.environ["DATABASE_URL"] = databases.make("faults")
        os.environ["REDIS_URL"] = broker.redis_url
        broker.start()
        try:
            yield broker
        finally:
            broker.stop()


@contextmanager
def open_quickbooks(folder: Path) -> Iterator[Sandbox]:
    """With its books in a file, as `make run` keeps them."""
    command = [sys.executable, "manage.py", "quickbooks_sandbox", "--port", "0", "--company", "empty"]
    with run_command([*command, "--state", str(folder / "books.sqlite3"), "--no-limits"]) as sandbox:
        yield sandbox


def set_environment(sandbox: Sandbox, *, migrates: bool) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="tests.faults.settings",
        RESSIO_ENV="test",
        RESSIO_ENV_FILE=os.devnull,
        LOG_LEVEL="ERROR",
        FAULTS_MIGRATE="yes" if migrates else "",
        QBO_ENVIRONMENT="stand-in",
        QBO_STAND_IN_URL=sandbox.base_url,
        QBO_CLIENT_ID=CLIENT_ID,
        QBO_CLIENT_SECRET="test-client-secret",
    )
    for name in ("FILES_DIR", "FILES_STORAGE", "FILES_OPTIONS"):
        os.environ[name] = ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
