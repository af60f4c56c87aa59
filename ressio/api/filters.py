"""Filters of lists that more than one room has."""

import django_filters
from django import forms
from django.core.validators import MaxValueValidator

LARGEST_ID = 2**63 - 1
"""What a column of ids holds."""


class IdFilter(django_filters.NumberFilter):
    """A whole number that can be an id; others are refused (400)."""

    field_class = forms.IntegerField

    def get_max_validator(self) -> MaxValueValidator:
        return MaxValueValidator(LARGEST_ID)
