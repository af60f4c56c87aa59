"""Show a secret once, after the redirect that follows the form. Between the two it waits encrypted in the session."""

from django.http import HttpRequest

from ressio.encryption import decrypt, encrypt


def keep_secret(request: HttpRequest, key: str, secret: str) -> None:
    request.session[key] = encrypt(secret)


def take_secret(request: HttpRequest, key: str) -> str:
    """The secret, the first time; "" ever after."""
    kept = request.session.pop(key, "")
    return decrypt(kept) if kept else ""
