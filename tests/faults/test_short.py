"""The short form of `make faults`, on the stack under test. The long form says with `--prove` that it can fail."""

import os
import subprocess
import sys

import pytest

from config.env import BASE_DIR

BILLS, INVOICES = 50, 12
LONGEST_SECONDS = 240


@pytest.mark.slow
def test_everything_is_in_quickbooks_once_whatever_dies_on_the_way() -> None:
    """Each kind of fault strikes at least once; the output names the seed, with which a run can be had again."""
    stack = "full" if os.environ.get("REDIS_URL") else "default"
    wanted = ["--bills", str(BILLS), "--invoices", str(INVOICES)]
    command = [sys.executable, "-m", "tests.faults.run", *wanted, "--stack", stack]

    run = subprocess.run(
        command, cwd=BASE_DIR, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
    )

    assert run.returncode == 0, run.stdout + run.stderr[-5000:]
    assert f"All {BILLS} bills are in QuickBooks once, the budget ties out." in run.stdout
    assert f"All {INVOICES} invoices are in QuickBooks once," in run.stdout
