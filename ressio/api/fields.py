"""Numbers as the API writes them: always strings, so that no program reads them as floating point."""

from typing import Any

from rest_framework import serializers

from ressio.api.filters import LARGEST_ID


class AmountField(serializers.DecimalField):
    """Money with two decimals, such as `"1250.00"`."""

    def __init__(self, *, max_digits: int = 19, **kwargs: Any) -> None:
        super().__init__(max_digits=max_digits, decimal_places=2, **kwargs)


class IdField(serializers.IntegerField):
    """An id that is sent; one that no column holds is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_value=LARGEST_ID, **kwargs)


class HoursField(serializers.DecimalField):
    """Hours with four decimals, such as `"7.5000"`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=19, decimal_places=4, **kwargs)


class ExactField(serializers.DecimalField):
    """A quantity or a rate with the seven decimals QuickBooks keeps, such as `"18.3750000"`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=20, decimal_places=7, **kwargs)
