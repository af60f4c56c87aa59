"""The reference folder beside the checkout: facts about QuickBooks that are not part of this project."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "qbo"


def need(path: Path) -> Path:
    """The path, or a skip that nobody can overlook."""
    if not path.exists():
        message = (
            f"{path.name} is not beside this checkout (../shared/qbo): the stand-in was not compared with it"
        )
        with warnings.catch_warnings():
            # Elsewhere a warning is an error; this one is to stand in the summary.
            warnings.simplefilter("always")
            warnings.warn(pytest.PytestWarning(message), stacklevel=2)
        pytest.skip(message)
    return path
