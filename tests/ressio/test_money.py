"""Money stays exact: rounding, splitting, and the column on both databases."""

from decimal import Decimal

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db.models import F, Sum
from hypothesis import given
from hypothesis import strategies as st

from budgets.models import BudgetLine
from ressio.models import Company, CostCode, Project
from ressio.money import MoneyField, allocate, round_cents
from ressio.scoping import scope

amounts = st.decimals(min_value=-10_000_000, max_value=10_000_000, places=2)
weights = st.lists(st.decimals(min_value=0, max_value=100_000, places=2), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("exact", "cents"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("1.004999", "1.00"), ("2.675", "2.68"), ("-2.675", "-2.68")],
)
def test_rounds_half_away_from_zero(exact: str, cents: str) -> None:
    assert str(round_cents(Decimal(exact))) == cents


@given(total=amounts, shares=weights)
def test_parts_add_up_and_stay_within_a_cent_of_their_share(total: Decimal, shares: list[Decimal]) -> None:
    parts = allocate(total, shares)

    assert sum(parts) == total
    base = sum(shares)
    if base:
        for part, share in zip(parts, shares, strict=True):
            assert abs(part - total * share / base) < Decimal("0.011")


def test_nothing_to_split_by_gives_all_to_the_first() -> None:
    assert allocate(Decimal("1.23"), [Decimal(0), Decimal(0)]) == [Decimal("1.23"), Decimal("0.00")]
    assert allocate(Decimal("1.23"), []) == []


@pytest.mark.parametrize("text", ["1.005", "NaN", "Infinity", "ten", "1,000"])
def test_what_is_no_amount_in_cents_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        MoneyField().to_python(text)


@pytest.mark.django_db
def test_sums_and_comparisons_in_the_database_are_exact() -> None:
    company = Company.objects.create(name="Ridge", slug="ridge")
    with scope(company=company):
        project = Project.objects.create(company=company, name="House")
        for number in range(100):
            code = CostCode.objects.create(company=company, name=f"Code {number}")
            BudgetLine.objects.create(
                company=company,
                project=project,
                cost_code=code,
                original_amount=Decimal("0.10"),
                approved_changes=Decimal("0.20"),
            )

        lines = BudgetLine.objects.annotate(revised=F("original_amount") + F("approved_changes"))

        assert lines.aggregate(total=Sum("original_amount"))["total"] == Decimal("10.00")
        assert {line.revised for line in lines} == {Decimal("0.30")}
        assert lines.filter(revised=Decimal("0.30")).count() == 100
        with pytest.raises(FieldError):
            list(BudgetLine.objects.annotate(square=F("original_amount") * F("approved_changes")))
