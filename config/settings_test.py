"""Settings of the test suite: the same product with fast passwords and scratch storage.

`DATABASE_URL` and `REDIS_URL` choose the stack, as in production; else SQLite and a broker in memory.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


def make_scratch_folder() -> Path:
    """One folder for each test process, shared with the processes it starts and gone with it."""
    owner, _, folder = os.environ.get("RESSIO_TEST_SCRATCH", "").partition(":")
    if owner == WORKER:
        return Path(folder)
    fresh = Path(tempfile.mkdtemp(prefix=f"ressio-test-{WORKER}-"))
    os.environ["RESSIO_TEST_SCRATCH"] = f"{WORKER}:{fresh}"
    atexit.register(shutil.rmtree, fresh, ignore_errors=True)
    return fresh


os.environ["RESSIO_ENV"] = "test"
os.environ.setdefault("LOG_LEVEL", "WARNING")
os.environ["RESSIO_ENV_FILE"] = os.devnull  # a developer's .env never changes a test
os.environ["RESSIO_VAR_DIR"] = str(make_scratch_folder())
# Files of tests stay in the scratch folder, whatever the environment says.
os.environ.update(dict.fromkeys(("FILES_DIR", "FILES_STORAGE", "FILES_OPTIONS"), ""))

from config.settings import *  # the one place where settings build on settings
from config.settings import (
    CACHES,
    CELERY_BROKER_TRANSPORT_OPTIONS,
    DATABASES,
    REDIS_URL,
    USES_SQLITE,
    VAR_DIR,
)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
SUPPORT_EMAIL = DEFAULT_FROM_EMAIL = "support@ressio.example"

if USES_SQLITE:
    # A file, as in real life: threads on one SQLite in memory lock each other out in ways a file never does.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"

if REDIS_URL:
    # One server for all test processes: each keeps to its own keys.
    CACHES["default"]["KEY_PREFIX"] = WORKER
    CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{WORKER}:"
else:
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    CELERY_BROKER_URL = "memory://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {}
