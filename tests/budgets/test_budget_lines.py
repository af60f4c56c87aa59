"""Budget lines: by hand, pasted, imported; nothing half-imported; the export reads back."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.budget_lines import (
    CannotImport,
    CannotSetBudget,
    export_budget,
    import_budget,
    read_amount,
    remove_budget_line,
    set_budget_line,
)
from budgets.models import BudgetLine
from ressio.models import Activity, Company, CostCode, Project
from ressio.scoping import scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Iterator[Project]:
    company = Company.objects.create(name="Ridge", slug="ridge")
    with scope(company=company):
        for name in ("06-100 Framing", "09-100 Drywall", '=Odd, "code"'):
            CostCode.objects.create(company=company, name=name)
        CostCode.objects.create(company=company, name="Old code", is_active=False)
        yield Project.objects.create(company=company, name="House")


def budget_of(project: Project) -> dict[str, tuple[Decimal, Decimal, str]]:
    lines = BudgetLine.objects.filter(project=project).select_related("cost_code")
    return {line.cost_code.name: (line.original_amount, line.approved_changes, line.notes) for line in lines}


def test_a_line_is_set_and_changed_with_a_trace(project: Project) -> None:
    code = CostCode.objects.get(name="06-100 Framing")

    set_budget_line(project=project, cost_code=code, original_amount=Decimal("100.00"), actor=None)
    set_budget_line(project=project, cost_code=code, original_amount=Decimal("150.00"), actor=None)
    set_budget_line(project=project, cost_code=code, original_amount=Decimal("150.00"), actor=None)

    assert budget_of(project) == {"06-100 Framing": (Decimal("150.00"), Decimal("0.00"), "")}
    changes = [
        activity.changes for activity in Activity.objects.filter(verb="set_budget_line").order_by("pk")
    ]
    assert changes == [
        {"original_amount": ["0.00", "100.00"]},
        {"original_amount": ["100.00", "150.00"]},
    ]


def test_a_line_can_be_removed(project: Project) -> None:
    code = CostCode.objects.get(name="06-100 Framing")
    line = set_budget_line(project=project, cost_code=code, original_amount=Decimal("1.00"), actor=None)

    remove_budget_line(line=line, actor=None)

    assert budget_of(project) == {}


def test_a_code_of_another_company_is_refused(project: Project) -> None:
    other = Company.objects.create(name="Summit", slug="summit")
    with scope(company=other):
        code = CostCode.objects.create(company=other, name="06-100 Framing")

    with pytest.raises(CannotSetBudget):
        set_budget_line(project=project, cost_code=code, original_amount=Decimal("1.00"), actor=None)

    assert budget_of(project) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Cost code,Original budget,Approved changes,Notes\n"
        '06-100 framing,"$1,250.50",(200),Change 4\n'
        "09-100 DRYWALL,800\n",
        "Cost code\tOriginal budget\tApproved changes\tNotes\r\n"
        "06-100 Framing\t1,250.50\t-200.00\tChange 4\r\n09-100 Drywall\t800\t\t\r\n",
        "\ufeff06-100 Framing,1250.5,-200,Change 4\n\n09-100 Drywall,800.00,0,\n",
    ],
)
def test_a_table_is_imported_however_it_was_written(project: Project, text: str) -> None:
    import_budget(project=project, text=text, actor=None)

    assert budget_of(project) == {
        "06-100 Framing": (Decimal("1250.50"), Decimal("-200.00"), "Change 4"),
        "09-100 Drywall": (Decimal("800.00"), Decimal("0.00"), ""),
    }


def test_one_bad_row_and_nothing_is_imported(project: Project) -> None:
    text = (
        "Cost code,Original budget,Approved changes,Notes\n"
        "06-100 Framing,100\n"
        "No such code,100\n"
        "09-100 Drywall,twelve\n"
        "Old code,5\n"
        "06-100 Framing,7\n"
        ",9\n"
        "09-100 Drywall,1.005\n"
        "09-100 Drywall,1,250.00,0,note\n"
    )

    with pytest.raises(CannotImport) as refusal:
        import_budget(project=project, text=text, actor=None)

    assert [(row.row, row.reason) for row in refusal.value.refused] == [
        (3, "There is no cost code “No such code”."),
        (4, "“twelve” is not an amount."),
        (5, "The cost code “Old code” is inactive."),
        (6, "The same cost code is already in row 2."),
        (7, "The cost code is missing."),
        (8, "“1.005” has more than two decimals."),
        (9, "There are too many columns. Put amounts with commas in quotes."),
    ]
    assert budget_of(project) == {}


def test_columns_may_be_headed_as_on_the_budget_page(project: Project) -> None:
    import_budget(project=project, text="Cost code,Original,Changes\n09-100 Drywall,1250,-50\n", actor=None)

    assert budget_of(project) == {"09-100 Drywall": (Decimal("1250.00"), Decimal("-50.00"), "")}


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("Cost code,Sum", "The column “sum” is not known."),
        ("Cost code,", "The column “column 2” is not known."),
        ("Cost code,Original,Original budget", "There are two columns for “original budget”."),
    ],
)
def test_amounts_under_an_unknown_heading_are_refused_and_not_lost(
    project: Project, header: str, reason: str
) -> None:
    with pytest.raises(CannotImport) as refused:
        import_budget(project=project, text=f"{header}\n09-100 Drywall,1250,7\n", actor=None)

    assert refused.value.refused[0].reason.startswith(reason)
    assert budget_of(project) == {}


def test_an_empty_table_says_so(project: Project) -> None:
    with pytest.raises(CannotImport) as refusal:
        import_budget(project=project, text="Cost code,Original budget\n\n", actor=None)

    assert [row.reason for row in refusal.value.refused] == ["There is no row to import."]


@pytest.mark.parametrize("text", ["1,25", "1,2500", "--5", "1.2.3", "5-", "1e5", "NaN", "99999999999"])
def test_odd_amounts_are_refused(text: str) -> None:
    with pytest.raises(CannotSetBudget):
        read_amount(text)


cents = st.decimals(min_value=-9_999_999, max_value=9_999_999, places=2)
notes = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40).map(str.strip)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(cents, cents, notes), min_size=1, max_size=3),
)
def test_an_export_reads_back_to_the_same_budget(
    project: Project, rows: list[tuple[Decimal, Decimal, str]]
) -> None:
    BudgetLine.objects.all().delete()
    codes = CostCode.objects.filter(is_active=True).order_by("pk")
    for code, (original, changes, note) in zip(codes, rows, strict=False):
        set_budget_line(
            project=project,
            cost_code=code,
            original_amount=original,
            approved_changes=changes,
            notes=note,
            actor=None,
        )
    before = budget_of(project)

    text = export_budget(project)
    BudgetLine.objects.all().delete()
    import_budget(project=project, text=text, actor=None)

    assert budget_of(project) == before
