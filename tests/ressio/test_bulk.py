from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from ressio import bulk
from ressio.bulk import bulk_insert, bulk_set, bulk_upsert
from ressio.models import Company, MemberRate, TeamMember, User
from ressio.scoping import scope

pytestmark = pytest.mark.django_db

USER_COLUMNS = ("email", "name", "password", "is_active", "is_staff", "is_superuser", "created_at")
USER_REST = ("", True, False, False)
ANN, BEN, CY = "ann@ridge.example", "ben@ridge.example", "cy@ridge.example"
AT = datetime(2026, 11, 20, 9, 1, 2, tzinfo=UTC)


RATE_COLUMNS = (
    "company_id",
    "team_member_id",
    "shift_type",
    "is_default",
    "cost_rate",
    "billable_rate",
    "starts_on",
)


def user_row(email: str, name: str) -> tuple[object, ...]:
    return (email, name, "", True, False, False, AT)


def names_by_email() -> dict[str, str]:
    return dict(User.objects.values_list("email", "name"))


def test_inserts_every_row_and_says_how_many() -> None:
    count = bulk_insert(User, USER_COLUMNS, (user_row(f"p{n}@ridge.example", f"P {n}") for n in range(5)))

    assert count == 5
    assert names_by_email() == {f"p{n}@ridge.example": f"P {n}" for n in range(5)}


def test_rows_go_in_as_few_statements_as_the_database_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MAX_VALUES", 3 * len(USER_COLUMNS))

    with CaptureQueriesContext(connection) as queries:
        rows = [user_row(f"p{n}@ridge.example", "P") for n in range(7)]
        bulk_upsert(User, USER_COLUMNS, rows, conflict=["email"])

    assert len(queries) == 3
    assert User.objects.count() == 7


def test_no_rows_is_no_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert bulk_insert(User, USER_COLUMNS, []) == 0
        assert bulk_upsert(User, USER_COLUMNS, [], conflict=["email"], returning=["email"]) == []

    assert len(queries) == 0


def test_fields_convert_their_values_as_the_orm_does() -> None:
    company = Company.objects.create(name="Ridge", slug="ridge")
    with scope(company=company):
        member = TeamMember.objects.create(company=company, name="Bob")
        row = (company.pk, member.pk, "Standard", True, Decimal("41.25"), None, date(2026, 1, 5))

        bulk_insert(MemberRate, RATE_COLUMNS, [row])

        rate = MemberRate.objects.get()
        assert (rate.cost_rate, rate.billable_rate) == (Decimal("41.25"), None)
        assert rate.starts_on == date(2026, 1, 5)


def test_moments_are_stored_as_the_orm_stores_them() -> None:
    zone = timezone(timedelta(hours=-8))
    moments = [AT, datetime(2025, 3, 9, 1, 30, tzinfo=zone), datetime(2025, 3, 9, 1, 30, 7, 15, zone), AT]
    rows = [("", f"p{n}@ridge.example", *USER_REST, moment) for n, moment in enumerate(moments)]
    User.objects.bulk_create(
        User(email=f"orm{n}@ridge.example", created_at=at) for n, at in enumerate(moments)
    )

    bulk_insert(User, ("name", "email", *USER_COLUMNS[2:]), rows)

    with connection.cursor() as cursor:
        cursor.execute("SELECT created_at FROM ressio_user ORDER BY id")
        stored = [moment for (moment,) in cursor.fetchall()]
    assert stored[:4] == stored[4:]
    assert list(User.objects.order_by("pk").values_list("created_at", flat=True))[4:] == moments


def test_a_moment_without_a_time_zone_is_refused() -> None:
    row = (ANN, "Ann", *USER_REST, datetime(2025, 3, 9, 1, 30))  # noqa: DTZ001  the very mistake

    with pytest.raises(ValueError, match="time zone"):
        bulk_insert(User, USER_COLUMNS, [row])


def test_every_kind_of_value_survives() -> None:
    name = 'tab\t, newline\n, backslash \\, "quotes", \\N, ünïcode'

    bulk_insert(User, USER_COLUMNS, [user_row(ANN, name)])

    assert names_by_email() == {ANN: name}


def test_sets_each_row_to_its_own_values() -> None:
    bulk_insert(User, USER_COLUMNS, [user_row(ANN, "Ann"), user_row(BEN, "Ben"), user_row(CY, "Cy")])
    keys = dict(User.objects.values_list("email", "pk"))

    with CaptureQueriesContext(connection) as queries:
        bulk_set(User, ["name", "is_active"], [(keys[ANN], "Anna", False), (keys[CY], "Cyrus", True)])
        bulk_set(User, ["name"], [])

    assert len(queries) == 1
    assert names_by_email() == {ANN: "Anna", BEN: "Ben", CY: "Cyrus"}
    assert list(User.objects.filter(is_active=False).values_list("email", flat=True)) == [ANN]


def test_upsert_inserts_new_and_overwrites_known_rows() -> None:
    bulk_insert(User, USER_COLUMNS, [user_row(ANN, "Ann"), user_row(BEN, "Ben")])

    rows = [user_row(ANN, "Ann Lee"), user_row(CY, "Cy")]
    bulk_upsert(User, USER_COLUMNS, rows, conflict=["email"])

    assert names_by_email() == {
        ANN: "Ann Lee",
        BEN: "Ben",
        CY: "Cy",
    }


def test_upsert_leaves_alone_what_the_condition_refuses_and_returns_only_what_it_wrote() -> None:
    bulk_insert(User, USER_COLUMNS, [user_row(ANN, "B"), user_row(BEN, "B")])

    written = bulk_upsert(
        User,
        USER_COLUMNS,
        [user_row(ANN, "A"), user_row(BEN, "C"), user_row(CY, "A")],
        conflict=["email"],
        only_if="excluded.name > old.name",
        returning=["email"],
    )

    assert sorted(written) == [(BEN,), (CY,)]
    assert names_by_email() == {ANN: "B", BEN: "C", CY: "A"}


def test_upsert_overwrites_only_the_columns_named() -> None:
    bulk_insert(User, USER_COLUMNS, [user_row(ANN, "Ann")])

    row = (ANN, "Ann Lee", "", True, True, False, AT)
    bulk_upsert(User, USER_COLUMNS, [row], conflict=["email"], update=["is_staff"])

    user = User.objects.get()
    assert (user.name, user.is_staff) == ("Ann", True)


def test_upsert_with_nothing_to_overwrite_keeps_the_stored_row() -> None:
    bulk_insert(User, USER_COLUMNS, [user_row(ANN, "Ann")])

    bulk_upsert(User, USER_COLUMNS, [user_row(ANN, "Zoe")], conflict=["email"], update=[])

    assert names_by_email() == {ANN: "Ann"}


def test_the_database_still_checks() -> None:
    with pytest.raises(IntegrityError):
        bulk_insert(User, USER_COLUMNS, [user_row(ANN, "Ann")] * 2)
