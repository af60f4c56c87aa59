"""Signing in, and who I am."""

from django.contrib.auth import authenticate
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ressio.access import find_membership, memberships_of
from ressio.api.serializers import MeSerializer, MyCompanySerializer, SignedInSerializer, SignInSerializer
from ressio.models import ApiToken, TeamMember, User
from ressio.people import throttle
from ressio.people.api_tokens import create_api_token
from ressio.scoping import scope


class SignInView(APIView):
    """A new API token for e-mail, password and company. Every wrong combination gets the same answer."""

    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(request=SignInSerializer, responses={201: SignedInSerializer}, tags=["sign-in"])
    def post(self, request: Request) -> Response:
        given = SignInSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        member = check_sign_in(request, values["email"], values["password"], values["company"])
        with scope(company=member.company):
            _, secret = create_api_token(member=member, name=values["token_name"])
        return Response({"token": secret, "company": member.company.slug}, status=201)

    def get_authenticate_header(self, request: Request) -> str:
        """So that a wrong password is 401, although nobody signs in by header here."""
        return "Bearer"


def check_sign_in(request: Request, email: str, password: str, slug: str) -> TeamMember:
    """Raises Throttled (429) or AuthenticationFailed (401)."""
    try:
        throttle.count_sign_in_attempt(
            email=email, address=throttle.read_address(request._request), now=timezone.now()
        )
    except throttle.TooManyAttempts as many:
        raise Throttled(wait=throttle.WINDOW.total_seconds()) from many
    user = authenticate(request._request, username=email.strip().lower(), password=password)
    member = find_membership(user=user, slug=slug) if isinstance(user, User) else None
    if member is None:
        raise AuthenticationFailed("E-mail, password and company do not match.")
    throttle.forgive_account(email)
    return member


class MeView(APIView):
    """Who I am and the companies I am in; with a token only the token's company."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=MeSerializer, tags=["me"])
    def get(self, request: Request) -> Response:
        user = request.user
        assert isinstance(user, User)
        places = [request.auth.team_member] if isinstance(request.auth, ApiToken) else memberships_of(user)
        companies = MyCompanySerializer(places, many=True)
        return Response({"email": user.email, "name": user.name, "companies": companies.data})
