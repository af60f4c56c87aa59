"""A program that uses the API with a token of its own, through DRF's client; it checks what it is answered."""

from dataclasses import dataclass
from typing import Any

from rest_framework.test import APIClient

from ressio.models import TeamMember
from ressio.people.api_tokens import create_api_token
from ressio.scoping import scope
from tests.support.api_schema import check_answer


@dataclass(frozen=True)
class Answer:
    """`body` is None where there is none (204)."""

    status: int
    body: Any
    headers: dict[str, str]


class Program:
    """Paths are below the member's company: `alice.get("quickbooks/items")`. Values go as JSON."""

    def __init__(self, member: TeamMember) -> None:
        self.client = APIClient()
        self.base = f"/api/v1/companies/{member.company.slug}"
        with scope(company=member.company):
            _, secret = create_api_token(member=member, name="Test")
        self.client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")

    def ask(self, method: str, path: str, values: Any = None, **query: Any) -> Answer:
        if method == "GET":
            return self.fetch(f"{self.base}/{path}", **query)
        response = getattr(self.client, method.lower())(f"{self.base}/{path}", values, format="json")
        return read(response)

    def fetch(self, address: str, **query: Any) -> Answer:
        """By a whole address, such as the next piece of a list."""
        return read(self.client.get(address, query))

    def get(self, path: str, **query: Any) -> Answer:
        return self.ask("GET", path, **query)

    def post(self, path: str, **values: Any) -> Answer:
        return self.ask("POST", path, values)

    def put(self, path: str, **values: Any) -> Answer:
        return self.ask("PUT", path, values)

    def patch(self, path: str, **values: Any) -> Answer:
        return self.ask("PATCH", path, values)

    def delete(self, path: str) -> Answer:
        return self.ask("DELETE", path)

    def send_csv(self, path: str, raw: bytes) -> Answer:
        return read(self.client.post(f"{self.base}/{path}", raw, content_type="text/csv"))

    def list_all(self, path: str, **query: Any) -> list[Any]:
        """Every piece of a list, one after the other, by the addresses it hands out."""
        found: list[Any] = []
        body = self.get(path, **query).body
        while True:
            found += body["results"]
            if body["next"] is None:
                return found
            body = self.fetch(body["next"]).body


def read(response: Any) -> Answer:
    body = response.json() if response.content else None
    request = response.wsgi_request
    check_answer(method=request.method, path=request.path_info, status=response.status_code, body=body)
    return Answer(response.status_code, body, dict(response.headers))
