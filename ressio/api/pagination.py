"""Lists come in pieces: `limit` and `offset`."""

from rest_framework.pagination import LimitOffsetPagination


class Pieces(LimitOffsetPagination):
    default_limit = 100
    max_limit = 500
