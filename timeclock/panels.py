"""What the time clock adds to Settings: which cost codes it offers (R38)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from ressio.http import CompanyRequest
from ressio.models import CostCode


def render_shown(request: CompanyRequest, codes: Sequence[CostCode]) -> Mapping[Any, SafeString]:
    return {code.pk: format_html("{}", code.get_shown_in_clock_display()) for code in codes}
