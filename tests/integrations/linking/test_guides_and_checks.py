"""Help pages from `docs/guides`, and what QuickBooks' own settings say about them."""

import pytest

from integrations.guides import GUIDES, read_guide, render_markdown
from integrations.models import Document
from integrations.setup_checks import CHECKS, check_preferences, checks_of
from tests.support.cast import Cast

from .conftest import NOW, Books


def test_what_a_guide_may_contain() -> None:
    html = render_markdown("## One & two\n\nA **bold** `code`\nline.\n\n- a\n- b\n  more\n\n1. x\n2. <b>")

    assert html.splitlines() == [
        "<h2>One &amp; two</h2>",
        "<p>A <strong>bold</strong> <code>code</code> line.</p>",
        "<ul><li>a</li><li>b more</li></ul>",
        "<ol><li>x</li><li>&lt;b&gt;</li></ol>",
    ]


@pytest.mark.parametrize("key", GUIDES)
def test_every_guide_has_a_title_and_a_body(key: str) -> None:
    guide = read_guide(key)

    assert guide.title
    assert guide.body.startswith("<p>")
    assert "**" not in guide.body


def test_an_unknown_guide_is_no_file_name() -> None:
    with pytest.raises(KeyError):
        read_guide("../decisions")


def test_preferences_say_which_setting_stands_in_the_way() -> None:
    checked = check_preferences(
        {
            "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": False},
            "VendorAndPurchasesPrefs": {"TrackingByCustomer": "true", "BillableExpenseTracking": "False"},
        }
    )

    assert [entry.is_on for entry in checked] == [True, False, True, False, None, None]
    assert [entry.check.path[1] for entry in checked if entry.stands_in_the_way] == ["ForPurchase"]


def test_checks_wait_for_the_first_sync(cast: Cast, books: Books) -> None:
    assert checks_of(books.connection) == []

    Document.objects.create(
        company=cast.ridge,
        connection=books.connection,
        entity="Preferences",
        quickbooks_id="1",
        last_updated_at=NOW,
        body='{"ProductAndServicesPrefs": {"ForSales": true}}',
    )

    found = checks_of(books.connection)
    assert (len(found), found[0].is_on) == (len(CHECKS), True)
