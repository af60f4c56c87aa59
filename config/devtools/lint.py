"""`make lint`: every check that needs no test run. All of them run, then what failed is said once more."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from config.devtools import wording
from config.env import BASE_DIR, make_encryption_key, make_secret_key

PYTHON = sys.executable
TOOLS = Path(PYTHON).parent
MANAGE = (PYTHON, "manage.py")
TEMPLATE_ROOTS = ("config", "ressio", "integrations", "budgets", "invoicing", "timeclock")
# What a real deployment sets, so that `check --deploy` judges the settings production would get.
PRODUCTION_LIKE = {
    "RESSIO_ENV": "production",
    "SECRET_KEY": make_secret_key(),
    "TOKEN_ENCRYPTION_KEYS": make_encryption_key(),
    "ALLOWED_HOSTS": "ressio.example",
    "DATABASE_URL": "postgres://ressio@localhost/ressio",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp+tls://localhost:587",
    "QBO_CLIENT_ID": "lint",
    "QBO_CLIENT_SECRET": "lint",
    "QBO_REDIRECT_URI": "https://ressio.example/callback/",
}


@dataclass(frozen=True)
class Step:
    title: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def plan_steps() -> list[Step]:
    return [
        Step("style", [str(TOOLS / "ruff"), "check", "--quiet", "--output-format", "concise", "."]),
        Step("format", [str(TOOLS / "ruff"), "format", "--check", "--quiet", "."]),
        Step("types", [PYTHON, "-m", "mypy"]),
        Step("imports", [str(TOOLS / "lint-imports"), "--no-cache"]),
        Step("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
        Step("settings", [*MANAGE, "check", "--fail-level", "WARNING"]),
        Step("deployment", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION_LIKE),
        Step("API schema", [*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull]),
        Step("wording", [PYTHON, "-m", wording.__name__]),
        *plan_template_steps(),
    ]


def plan_template_steps() -> list[Step]:
    roots = [root for root in TEMPLATE_ROOTS if any((BASE_DIR / root).rglob("*.html"))]
    return [Step("templates", [str(TOOLS / "djlint"), "--lint", "--quiet", *roots])] if roots else []


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="ressio-lint-") as scratch:
        base = {**os.environ, "RESSIO_ENV_FILE": os.devnull, "RESSIO_VAR_DIR": scratch}
        failed = [step.title for step in plan_steps() if not run_step(step, base)]
    print(f"\nlint FAILED: {', '.join(failed)}" if failed else "\nlint: clean")
    return 1 if failed else 0


def run_step(step: Step, base: Mapping[str, str]) -> bool:
    """Quiet while it is well: the output is shown only when the step failed."""
    result = subprocess.run(
        step.command,
        cwd=BASE_DIR,
        env={**base, **step.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"  {step.title:12} {'ok' if result.returncode == 0 else 'FAILED'}", flush=True)
    if result.returncode:
        print(result.stdout + result.stderr, flush=True)
    return result.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
