"""Where settings come from: the process environment, then an optional `.env` file, then safe defaults."""

import os
import secrets
from collections.abc import Callable, Collection
from enum import StrEnum
from pathlib import Path

import environ
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
# Values already in the environment win; a missing file is normal (containers get their values from outside).
env_file = Path(os.environ.get("RESSIO_ENV_FILE", BASE_DIR / ".env"))
if env_file.is_file():
    env.read_env(env_file)


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


def read_environment() -> Environment:
    name = env.str("RESSIO_ENV", Environment.DEVELOPMENT)
    try:
        return Environment(name)
    except ValueError:
        choices = ", ".join(Environment)
        raise ImproperlyConfigured(f"RESSIO_ENV is {name!r}; it must be one of: {choices}.") from None


def read_choice(name: str, choices: Collection[str], *, default: str) -> str:
    given = env.str(name, "") or default
    if given not in choices:
        raise ImproperlyConfigured(f"{name} is {given!r}; it must be one of: {', '.join(choices)}.")
    return given


def read_number(name: str, default: float) -> float:
    given = env.str(name, "")
    try:
        return float(given) if given else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {given!r}; it must be a number.") from None


ENVIRONMENT = read_environment()
# Everything this machine writes: the SQLite file, the file broker, uploads, generated development secrets.
VAR_DIR = Path(env.str("RESSIO_VAR_DIR", str(BASE_DIR / "var"))).resolve()
# Files of projects, unless FILES_STORAGE keeps them elsewhere.
FILES_DIR = Path(env.str("FILES_DIR", "") or VAR_DIR / "files").resolve()


def read_secret(name: str, make: Callable[[], str]) -> str:
    """The secret in the environment; outside production, one made on first use and kept under `VAR_DIR`.

    In production a missing secret reads as "" and `config.checks` refuses to start: a generated one would
    differ between machines and be lost with the container, and the stored QuickBooks tokens with it.
    """
    given = env.str(name, "")
    if given or ENVIRONMENT is Environment.PRODUCTION:
        return given
    return read_or_create(VAR_DIR / "secrets" / name.lower(), make)


def read_or_create(path: Path, make: Callable[[], str]) -> str:
    """Web, worker and beat start together, so exactly one of them may win the creation."""
    if path.is_file():
        return path.read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(make())
    try:
        os.link(draft, path)  # atomic, and unlike rename it never replaces a secret already in use
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()


def make_secret_key() -> str:
    return secrets.token_urlsafe(50)


def make_encryption_key() -> str:
    return Fernet.generate_key().decode()
