"""Which line of an edited bill is which row: pure."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.bills.line_rows import BY_CODE, match_rows
from budgets.models import BillLine

LINES = st.lists(
    st.tuples(st.sampled_from([1, 2, None]), st.sampled_from(["Lumber", "Nails"]), st.integers(1, 3))
)


def rows_of(lines: list[tuple[int | None, str, int]], *, first_pk: int | None = None) -> list[BillLine]:
    return [
        BillLine(
            pk=None if first_pk is None else first_pk + place,
            cost_code_id=code,
            description=words,
            amount=Decimal(amount),
        )
        for place, (code, words, amount) in enumerate(lines)
    ]


@settings(max_examples=60, deadline=None)
@given(before=LINES, after=LINES)
def test_each_row_is_one_line_and_what_stays_the_same_keeps_its_row(
    before: list[tuple[int | None, str, int]], after: list[tuple[int | None, str, int]]
) -> None:
    pairs = match_rows(rows_of(before, first_pk=1), rows_of(after), BY_CODE)
    assert len(pairs) == min(len(before), len(after)) == len({row.pk for row in pairs.values()})
    same = [before[pairs[place].pk - 1] for place, line in enumerate(after) if place in pairs]
    kept = sum(
        one == other for one, other in zip(same, (after[place] for place in sorted(pairs)), strict=True)
    )
    assert kept == sum(min(before.count(line), after.count(line)) for line in set(after))
