"""The lines behind every figure, each with its verdict: what the Applied Actuals window shows."""

from typing import Any, cast

from django import forms
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from budgets.api.cost_line_serializers import CostLineSerializer
from budgets.forms import LineFilterForm
from budgets.lines import CountedLine, find_lines
from ressio.api.base import ProjectAPIView
from ressio.api.descriptions import REFUSED
from ressio.api.pagination import Pieces
from ressio.api.permissions import SeesFinancials
from ressio.models import CostCode
from ressio.money import ZERO

NEWEST_FIRST = "-date"
HELP = {
    "q": "Found in payee, number, description or product; or a type, a date (2026-03-12) or an amount.",
    "verdict": "Counted or left out.",
    "reason": "Left out for this reason.",
    "kind": "Type of document.",
    "cost_code": "Id of a cost code: lines on the product or service linked to it, counted or not.",
    "date_from": "Earliest date of the document.",
    "date_to": "Latest date of the document.",
    "amount_from": "Least amount, inclusive.",
    "amount_to": "Greatest amount, inclusive.",
    "sort": "Order; `-` turns it round.",
}
TYPES: list[tuple[type[forms.Field], Any]] = [
    (forms.IntegerField, OpenApiTypes.INT),
    (forms.DateField, OpenApiTypes.DATE),
]


def list_parameters() -> list[OpenApiParameter]:
    """The form is the one place that knows by what lines are searched."""
    return [describe_parameter(name, LineFilterForm.base_fields[name]) for name in HELP]


def describe_parameter(name: str, field: Any) -> OpenApiParameter:
    choices = [str(key) for key, _ in field.choices if key] if hasattr(field, "choices") else None
    kind = next((kind for of, kind in TYPES if type(field) is of), OpenApiTypes.STR)
    return OpenApiParameter(name, kind, description=HELP[name], enum=choices)


class LinePieces(Pieces):
    """With the sum of all lines that match, so that a program can check what it added up."""

    total_amount = ZERO

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        response.data["total_amount"] = str(self.total_amount)
        return response

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        described["properties"]["total_amount"] = {
            "type": "string",
            "format": "decimal",
            "description": "Of all lines that match, not of this piece.",
        }
        described["required"] = [*described.get("required", []), "total_amount"]
        return described


class CostLinesView(ProjectAPIView):
    permission_classes = [SeesFinancials]
    pagination_class = LinePieces

    @extend_schema(
        parameters=list_parameters(),
        responses={200: CostLineSerializer(many=True), **REFUSED},
        tags=["Budget"],
        operation_id="cost_lines_list",
    )
    def get(self, request: Request, company: str, project_id: int) -> Response:
        """Every line of the project's customers in QuickBooks, counted or left out for one reason."""
        project = self.project
        form = LineFilterForm(request.query_params)
        if not form.is_valid():
            raise ValidationError(cast(Any, form.errors))
        found = find_lines(project, form.to_filter(), order=form.cleaned_data["sort"] or NEWEST_FIRST)
        pieces = self.pagination_class()
        pieces.total_amount = found.total_amount
        page: list[Any] = pieces.paginate_queryset(cast(Any, found), request, view=self) or []
        rows = CostLineSerializer(page, many=True, context={"cost_codes": name_cost_codes(page)})
        return pieces.get_paginated_response(rows.data)


def name_cost_codes(lines: list[CountedLine]) -> dict[int, str]:
    wanted = {line.cost_code_id for line in lines if line.cost_code_id is not None}
    return dict(CostCode.objects.filter(pk__in=wanted).values_list("pk", "name"))
