from datetime import UTC, datetime

import pytest

from integrations.feeds.statements import one_of, select_count, select_rows, updated_between, where
from integrations.registry import ENTITIES

pytestmark = pytest.mark.pure

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 13, tzinfo=UTC)


def test_inactive_rows_are_asked_for_where_there_are_any() -> None:
    assert select_count(ENTITIES["Customer"]) == "select count(*) from Customer where Active in (true, false)"
    assert select_count(ENTITIES["Bill"]) == "select count(*) from Bill"


def test_range_of_time_is_open_where_nothing_is_said() -> None:
    assert updated_between(None, None) == []
    assert updated_between(NOON, LATER) == [
        "MetaData.LastUpdatedTime >= '2026-11-20T12:00:00+00:00'",
        "MetaData.LastUpdatedTime < '2026-11-20T13:00:00+00:00'",
    ]


def test_conditions_are_joined() -> None:
    assert select_rows(ENTITIES["Item"], updated_between(NOON), size=100, order="MetaData.CreateTime") == (
        "select * from Item where Active in (true, false) and "
        "MetaData.LastUpdatedTime >= '2026-11-20T12:00:00+00:00' "
        "orderby MetaData.CreateTime startposition 1 maxresults 100"
    )


def test_ids_are_quoted() -> None:
    assert where(ENTITIES["TimeActivity"], one_of(["7", "O'B"])) == "Id in ('7', 'O\\'B')"
