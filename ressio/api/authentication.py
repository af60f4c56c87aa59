"""Who asks: the secret of an API token in the header."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from ressio.models import ApiToken, User
from ressio.people.api_tokens import find_api_token

# `drf_spectacular` imports DRF's views, which import this module: what it needs is in `ressio.api.schema`.
SCHEME = "Bearer"


class ApiTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer ressio_…`. Sets `request.auth` to the ApiToken."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != SCHEME.lower().encode():
            return None
        token = find_api_token(read_secret(words), now=timezone.now())
        if token is None or token.team_member.user is None:
            raise AuthenticationFailed("The token is wrong or was revoked.")
        return token.team_member.user, token

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


def read_secret(words: list[bytes]) -> str:
    try:
        return words[1].decode() if len(words) == 2 else ""
    except UnicodeDecodeError:
        return ""
