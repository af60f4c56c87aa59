from collections.abc import Iterator

import pytest

from integrations.models import Connection
from ressio.models import Company
from ressio.scoping import scope


@pytest.fixture
def connection(db: None) -> Iterator[Connection]:
    company = Company.objects.create(name="Ridge Builders", slug="ridge")
    with scope(company=company):
        yield Connection.objects.create(company=company, realm_id="4620816365000000001")
