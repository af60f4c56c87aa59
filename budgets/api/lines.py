"""Planning: budget lines one by one, or all rows of a table at once."""

from typing import IO, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from budgets.api.budget_serializers import (
    BudgetLineSerializer,
    ChangeBudgetLine,
    ImportedSerializer,
    NewBudgetLine,
    RefusedImportSerializer,
)
from budgets.budget_lines import (
    CannotImport,
    CannotSetBudget,
    import_budget,
    remove_budget_line,
    set_budget_line,
)
from budgets.forms import BudgetLineForm
from budgets.models import BudgetLine
from ressio.api.base import ProjectAPIView, find_or_404
from ressio.api.descriptions import REFUSED
from ressio.api.errors import Refused
from ressio.api.parsers import SoundJSONParser
from ressio.api.permissions import SeesFinancials
from ressio.csv_text import LARGEST_FILE, Unreadable, decode_file
from ressio.models import CostCode, Project
from ressio.money import ZERO

TAGS = ["Budget"]


class BudgetLinesView(ProjectAPIView):
    permission_classes = [SeesFinancials]

    @extend_schema(
        request=NewBudgetLine,
        responses={201: BudgetLineSerializer, **REFUSED},
        tags=TAGS,
        operation_id="budget_line_create",
    )
    def post(self, request: Request, company: str, project_id: int) -> Response:
        """Plan an amount for a cost code that has no budget line in this project yet."""
        project = self.project
        given = NewBudgetLine(data=request.data)
        given.is_valid(raise_exception=True)
        cost_code = find_free_cost_code(project, given.validated_data.pop("cost_code_id"))
        values = {"approved_changes": ZERO, "notes": ""} | given.validated_data
        line = set_line(project=project, cost_code=cost_code, actor=self.user, **values)
        return Response(BudgetLineSerializer(line).data, status=201)


def find_free_cost_code(project: Project, cost_code_id: int) -> CostCode:
    """The choice that the page offers as well."""
    choice = BudgetLineForm(project=project).fields["cost_code"].queryset  # type: ignore[attr-defined]
    found: CostCode | None = choice.filter(pk=cost_code_id).first()
    if found is None:
        raise Refused(
            "This is no active cost code without a budget line in this project.", field="cost_code_id"
        )
    return found


def set_line(**values: Any) -> BudgetLine:
    try:
        return set_budget_line(**values)
    except CannotSetBudget as error:
        raise Refused(str(error)) from error


class BudgetLineView(ProjectAPIView):
    permission_classes = [SeesFinancials]

    @extend_schema(
        request=ChangeBudgetLine,
        responses={200: BudgetLineSerializer, **REFUSED},
        tags=TAGS,
        operation_id="budget_line_patch",
    )
    def patch(self, request: Request, company: str, project_id: int, line_id: int) -> Response:
        """Change what was planned; what is not named stays."""
        line = self.find_line()
        given = ChangeBudgetLine(data=request.data)
        given.is_valid(raise_exception=True)
        values = {name: getattr(line, str(name)) for name in given.fields} | given.validated_data
        line = set_line(project=self.project, cost_code=line.cost_code, actor=self.user, **values)
        return Response(BudgetLineSerializer(line).data)

    @extend_schema(responses={204: None}, tags=TAGS, operation_id="budget_line_delete")
    def delete(self, request: Request, company: str, project_id: int, line_id: int) -> Response:
        """Take the plan away. Costs on the cost code stay, as a row without a budget."""
        remove_budget_line(line=self.find_line(), actor=self.user)
        return Response(status=204)

    def find_line(self) -> BudgetLine:
        lines = BudgetLine.objects.select_related("cost_code")
        return find_or_404(lines, project=self.project, pk=self.kwargs["line_id"])


class CsvParser(BaseParser):
    """A file as it is: `curl --data-binary @budget.csv -H "Content-Type: text/csv"`."""

    media_type = "text/csv"

    def parse(self, stream: IO[bytes], media_type: Any = None, parser_context: Any = None) -> dict[str, str]:
        try:
            return {"csv": decode_file(stream.read(LARGEST_FILE + 1))}
        except Unreadable as error:
            raise ParseError(str(error)) from error


class Table(serializers.Serializer[Any]):
    csv = serializers.CharField(
        max_length=LARGEST_FILE,
        trim_whitespace=False,
        help_text="Rows of cost code, original budget, approved changes, notes. A header row is fine.",
    )


class ImportBudgetView(ProjectAPIView):
    permission_classes = [SeesFinancials]
    parser_classes = [SoundJSONParser, CsvParser]

    @extend_schema(
        request={"application/json": Table, "text/csv": str},
        responses={201: ImportedSerializer, 400: RefusedImportSerializer},
        tags=TAGS,
        operation_id="budget_import",
    )
    def post(self, request: Request, company: str, project_id: int) -> Response:
        """Store every row of a CSV table, or none: each bad row is told with its line and the reason."""
        project = self.project
        given = Table(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            lines = import_budget(project=project, text=given.validated_data["csv"], actor=self.user)
        except CannotImport as error:
            return Response(describe_refusal(error), status=400)
        return Response(ImportedSerializer({"lines": lines}).data, status=201)


def describe_refusal(error: CannotImport) -> dict[str, Any]:
    """The usual shape of refused input, and the rows for programs that show them beside the table."""
    return {
        "detail": f"Nothing was imported. {error}",
        "errors": {"csv": [f"Line {refused.row}: {refused.reason}" for refused in error.refused]},
        "refused_rows": [
            {"row": refused.row, "text": refused.text, "reason": refused.reason} for refused in error.refused
        ],
    }
