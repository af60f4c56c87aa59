"""Looking things up in the written demo company."""

from __future__ import annotations

from integrations.sandbox.companies.demo import DemoBooks
from integrations.sandbox.wire import Document


def rows(demo: DemoBooks, entity: str) -> list[Document]:
    return [document for (kind, _), document in demo.documents.items() if kind == entity]


def named(demo: DemoBooks, entity: str, name: str) -> Document:
    def fits(row: Document) -> bool:
        labels = (row.get("FullyQualifiedName"), row.get("DisplayName"), row.get("Name"))
        return name in [str(label).replace(" (deleted)", "") for label in labels]

    return next(row for row in rows(demo, entity) if fits(row))


def detail_of(line: Document) -> Document:
    detail: Document = line[line["DetailType"]]
    return detail


def shown(demo: DemoBooks, case: str) -> list[Document]:
    return [demo.documents[key] for key in demo.cases[case]]
