"""A program that does not know whether its request arrived may send it again, under the same `Idempotency-Key`.

The key is stored in the transaction of the work. Of two requests at once the second waits at the unique constraint
for the first and is then given its answer; a request that was refused, or died, leaves no key behind.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, OperationalError, connection, transaction
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from ressio.api.errors import Conflict, Refused
from ressio.api.permissions import member_of
from ressio.models import IdempotencyKey
from ressio.scoping import scopes_disabled

HEADER = "Idempotency-Key"
KEPT = timedelta(days=30)
LONGEST_KEY = 200
LONGEST_WAIT = "5s"
"""For the same request at work elsewhere, where the database can be told (PostgreSQL)."""
IN_PROGRESS = "The same request is being worked on. Ask again in a moment, with the same key."
OTHER_BODY = "This Idempotency-Key was used for something else. Send what was sent then, or take a new key."

KEY_PARAMETER = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Any text of your own of at most 200 characters. The same key with the same body, within 30 days, "
    "gives the first answer again and does nothing new; with another body it is refused (409).",
)


def answer_once(request: Request, work: Callable[[], Response], *, now: datetime) -> Response:
    """`work` runs in a transaction, at most once for a key. Without the header it simply runs.

    Raises Refused for a key that is none, Conflict for one used with another body or still at work.
    """
    key = read_key(request)
    if not key:
        return work()
    member = member_of(request)
    claim = IdempotencyKey(
        company=member.company,
        team_member=member,
        route=f"{request.method} {request.path}"[:300],
        key=key,
        body_hash=hash_body(request.data),
        created_at=now,
    )
    with transaction.atomic():
        if not _claim(claim):
            return _repeat(claim)
        response = work()
        claim.status, claim.answer = response.status_code, as_stored(response.data)
        claim.save()
    return response


def read_key(request: Request) -> str:
    key = request.headers.get(HEADER, "").strip()
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise Refused(f"A key has at most {LONGEST_KEY} printable characters.", field=HEADER)
    return key


def hash_body(body: Any) -> str:
    """Of what it says, not of how it is spaced."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def as_stored(answer: Any) -> Any:
    return json.loads(JSONRenderer().render(answer) or b"null")


def _claim(claim: IdempotencyKey) -> bool:
    """False when the key is there already. Waits for whoever is at work under it."""
    try:
        with transaction.atomic():
            _set_longest_wait(f"'{LONGEST_WAIT}'")
            claim.save(force_insert=True)
            _set_longest_wait("DEFAULT")
    except IntegrityError:
        return False
    except OperationalError as error:
        raise Conflict(IN_PROGRESS) from error
    return True


def _set_longest_wait(value: str) -> None:
    """SQLite writes one transaction after the other anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout TO {value}")


def _repeat(claim: IdempotencyKey) -> Response:
    used = IdempotencyKey.objects.filter(
        team_member=claim.team_member, route=claim.route, key=claim.key
    ).first()
    if used is None or used.status is None:
        raise Conflict(IN_PROGRESS)
    if used.body_hash != claim.body_hash:
        raise Conflict(OTHER_BODY)
    return Response(used.answer, status=used.status, headers={"Idempotent-Replayed": "true"})


def prune_keys(*, now: datetime) -> int:
    """Forget those older than 30 days."""
    with scopes_disabled():
        deleted, _ = IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()
    return deleted
