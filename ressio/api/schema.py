"""What the OpenAPI schema has to be told. Imported when the app loads."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object

from ressio.api.authentication import SCHEME


class ApiTokenScheme(OpenApiAuthenticationExtension):
    """Tells the OpenAPI schema how it works."""

    target_class = "ressio.api.authentication.ApiTokenAuthentication"
    name = "apiToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return build_bearer_security_scheme_object(header_name="Authorization", token_prefix=SCHEME)
