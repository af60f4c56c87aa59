import gc

import pytest

from integrations.feeds.garbage import OBJECTS_BETWEEN_SEARCHES, collecting_rarely

pytestmark = pytest.mark.pure


def test_the_usual_pace_returns_with_the_last_who_asked() -> None:
    usual = gc.get_threshold()
    first, second = collecting_rarely(), collecting_rarely()

    with first:
        second.__enter__()
        assert gc.get_threshold() == (OBJECTS_BETWEEN_SEARCHES, *usual[1:])
    assert gc.get_threshold()[0] == OBJECTS_BETWEEN_SEARCHES
    second.__exit__(None, None, None)

    assert gc.get_threshold() == usual


def test_an_error_brings_the_usual_pace_back() -> None:
    usual = gc.get_threshold()

    try:
        with collecting_rarely():
            raise RuntimeError
    except RuntimeError:
        pass

    assert gc.get_threshold() == usual
