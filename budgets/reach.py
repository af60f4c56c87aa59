"""Which customers of QuickBooks belong to which project (V3).

A project owns its linked customer. With "include sub-customers" it owns every descendant too, unless that is
linked itself or a nearer linked ancestor also includes its own. `CustomerTree` walks the tree and stops at loops.
"""

from collections.abc import Iterable, Mapping

from integrations.customer_tree import CustomerTree
from integrations.models import ProjectLink, QuickBooksCustomer

CustomerRef = str


def divide_customers(
    parents: Iterable[tuple[CustomerRef, CustomerRef]], links: Mapping[CustomerRef, bool]
) -> dict[CustomerRef, set[CustomerRef]]:
    """For each linked customer, the customers whose lines it owns; no customer is owned twice. Pure.

    `parents` are (id, parent id, '' at the top); `links` maps a linked customer to "include sub-customers".
    """
    tree = CustomerTree.of(parents)
    return {
        linked: {linked, *(tree.reached(linked, links) if includes else ())}
        for linked, includes in links.items()
    }


def customers_of(link: ProjectLink) -> set[CustomerRef]:
    """The customers of one project; two queries when it includes sub-customers, else none."""
    if not link.include_sub_customers:
        return {link.customer_ref}
    links = ProjectLink.objects.filter(connection=link.connection_id)
    linked = dict(links.values_list("customer_ref", "include_sub_customers"))
    return divide_customers(_parents(link.connection_id), linked)[link.customer_ref]


def customers_by_link(links: Iterable[ProjectLink]) -> dict[CustomerRef, set[CustomerRef]]:
    """The same for all links of one connection, in one query. Give all of them: each limits the others."""
    links = list(links)
    if not links:
        return {}
    linked = {link.customer_ref: link.include_sub_customers for link in links}
    return divide_customers(_parents(links[0].connection_id), linked)


def _parents(connection_id: int) -> Iterable[tuple[CustomerRef, CustomerRef]]:
    rows = QuickBooksCustomer.objects.filter(connection=connection_id)
    parents: Iterable[tuple[CustomerRef, CustomerRef]] = rows.values_list("quickbooks_id", "parent_ref")
    return parents
