"""Files that a page hands out."""

from django.http import FileResponse, Http404, HttpResponse

from ressio.files.reading import open_content
from ressio.models import ProjectFile

BOM = "\ufeff"  # without it Excel reads UTF-8 as something else


def send_csv(text: str, filename: str) -> HttpResponse:
    response = HttpResponse(BOM + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


# What a stranger put into a file must not act in our name, even where a browser shows it after all.
HANDED_OUT = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def send_file(file: ProjectFile) -> FileResponse:
    """To be saved, never to be shown in our pages. Read piece by piece, without a further query.

    Who may have it is asked before. 404 when the storage has lost it.
    """
    try:
        content = open_content(file)
    except FileNotFoundError as error:
        raise Http404("The storage has no such content.") from error
    return FileResponse(
        content,
        as_attachment=True,
        filename=file.name,
        content_type=file.content_type,
        headers={**HANDED_OUT, "Content-Length": str(file.size)},
    )
