"""Which customers of QuickBooks belong to which project (V3)."""

from collections.abc import Iterable, Mapping

from integrations.models import ProjectLink, QuickBooksCustomer

CustomerRef = str


def divide_customers(
    parents: Iterable[tuple[CustomerRef, CustomerRef]], links: Mapping[CustomerRef, bool]
) -> dict[CustomerRef, set[CustomerRef]]:
    """For each linked customer, the customers whose lines it owns. Pure.

    `parents` are (id, parent id, '' at the top); `links` maps a linked customer to "include sub-customers".
    A linked customer owns itself. A descendant that is not linked belongs to its nearest ancestor that is
    linked and includes its own; one that is linked without including is passed over.
    """
    parent_of = dict(parents)
    owned: dict[CustomerRef, set[CustomerRef]] = {linked: {linked} for linked in links}
    for customer_ref in parent_of:
        owner = _owner(customer_ref, parent_of, links)
        if owner is not None:
            owned[owner].add(customer_ref)
    return owned


def _owner(
    customer_ref: CustomerRef, parent_of: Mapping[CustomerRef, CustomerRef], links: Mapping[CustomerRef, bool]
) -> CustomerRef | None:
    """None as well when the tree runs in a circle and nobody in it owns the customer."""
    if customer_ref in links:
        return customer_ref
    seen = {customer_ref}
    above = parent_of.get(customer_ref, "")
    while above and above not in seen:
        if links.get(above):
            return above
        seen.add(above)
        above = parent_of.get(above, "")
    return None


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
