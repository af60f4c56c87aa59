"""Database, cache, broker, files: on one machine by default, elsewhere when the environment says so."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.env import env

# Longer than CELERY_TASK_TIME_LIMIT: Redis hands a message out again after this, finished or not.
VISIBILITY_TIMEOUT_SECONDS = 60 * 60
SQLITE = "django.db.backends.sqlite3"
LOCAL_FILES = "django.core.files.storage.FileSystemStorage"
ENGINES = {SQLITE, "django.db.backends.postgresql"}

# Taking the write lock at BEGIN, waiting for it, and WAL (readers never wait) is what lets web, worker and
# beat share a file. Without IMMEDIATE, read-then-write transactions fail at once with "database is locked".
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}


def read_database(var_dir: Path) -> dict[str, Any]:
    url = env.str("DATABASE_URL", "") or f"sqlite:///{var_dir / 'ressio.sqlite3'}"
    database: dict[str, Any] = env.db_url_config(url)
    if database.get("ENGINE") not in ENGINES:
        # Not quoted: it holds a password.
        raise ImproperlyConfigured("DATABASE_URL must be like postgres://user:password@host:5432/name.")
    # One transaction per verb, not per request: a request that waits for QuickBooks must hold no lock.
    database["ATOMIC_REQUESTS"] = False
    if database["ENGINE"] == SQLITE:
        Path(database["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        database["OPTIONS"] = dict(SQLITE_OPTIONS)
    else:
        # A server that does not answer must not hang a page or a health check for minutes.
        database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 10)
        database["CONN_MAX_AGE"] = 60
        database["CONN_HEALTH_CHECKS"] = True
    return database


def choose_cache(redis_url: str) -> dict[str, Any]:
    """Shared by every process either way, because request limits are counted in it."""
    if redis_url:
        return {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": redis_url}
    return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "ressio_cache"}


def choose_broker(redis_url: str, var_dir: Path) -> tuple[str, dict[str, Any]]:
    if redis_url:
        return redis_url, {"visibility_timeout": VISIBILITY_TIMEOUT_SECONDS}
    return "filesystem://localhost//", build_file_broker_options(var_dir / "broker")


def build_file_broker_options(folder: Path) -> dict[str, Any]:
    """kombu does not make the folders itself and then fails at the first enqueue."""
    queue, control = folder / "queue", folder / "control"
    for path in (queue, control):
        path.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(queue),
        "data_folder_out": str(queue),
        "control_folder": str(control),
        "polling_interval": 0.1,
        "store_processed": False,
    }


def choose_files(folder: Path, var_dir: Path) -> dict[str, Any]:
    """Where files of projects lie: a private folder, or any storage of Django's with its options.

    Only our own folder is made. One that the operator names must be there: were it made, a disk that is not
    mounted would go unnoticed (`config.checks`).
    """
    backend = env.str("FILES_STORAGE", "") or LOCAL_FILES
    options = read_json("FILES_OPTIONS")
    if backend == LOCAL_FILES:
        if folder.is_relative_to(var_dir):
            make_private_folder(folder)
        options = {
            "location": str(folder),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
            **options,
        }
    return {"BACKEND": backend, "OPTIONS": options}


def read_json(name: str) -> dict[str, Any]:
    try:
        given = json.loads(env.str(name, "") or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        # Not quoted: it may hold a key.
        raise ImproperlyConfigured(f'{name} must be a JSON object, like {{"bucket_name": "files"}}.')
    return given


def make_private_folder(folder: Path) -> None:
    """Where that cannot be done `config.checks` says so, with a way out."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
