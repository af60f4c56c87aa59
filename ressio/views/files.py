"""Files that a page hands out."""

from django.http import HttpResponse

BOM = "\ufeff"  # without it Excel reads UTF-8 as something else


def send_csv(text: str, filename: str) -> HttpResponse:
    response = HttpResponse(BOM + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
