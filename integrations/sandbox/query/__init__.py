"""The query endpoint's small SQL: lexer, parser, the table of filterable properties, and its execution."""

from integrations.sandbox.query.parser import Query, parse
from integrations.sandbox.query.run import Page, run_query

__all__ = ["Page", "Query", "parse", "run_query"]
