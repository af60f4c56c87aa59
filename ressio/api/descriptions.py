"""What the OpenAPI schema says of routes that may refuse. Use: `responses={200: Something, **CONFLICT}`."""

from typing import Any

from rest_framework import serializers


class ErrorSerializer(serializers.Serializer[Any]):
    """What every error looks like."""

    detail = serializers.CharField(help_text="What is wrong and what to do, for people.")
    errors = serializers.DictField(  # type: ignore[assignment]  # the field takes the property's name on the wire only
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Only with refused input (400): what is wrong with each field.",
    )


REFUSED = {400: ErrorSerializer}
CONFLICT = {409: ErrorSerializer}
