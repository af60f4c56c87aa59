"""The page on which a person connects a company to an app."""

from __future__ import annotations

from html import escape

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;background:#f4f5f8;color:#1f2733;margin:0}
main{max-width:30rem;margin:4rem auto;background:#fff;padding:2rem;border-radius:12px;border:1px solid #d5dae2}
h1{font-size:1.35rem;margin-top:0}label{display:block;font-weight:600;margin-bottom:.25rem}
select{width:100%;padding:.6rem;font:inherit;border:1px solid #767f8c;border-radius:6px;background:#fff}
p.buttons{display:flex;gap:.75rem;margin-bottom:0}
button{font:inherit;padding:.6rem 1.25rem;border-radius:6px;border:1px solid #205ea8;background:#fff;color:#205ea8}
button.primary{background:#205ea8;color:#fff}small{color:#525c6b}
""".strip()


def page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def consent_page(asked: dict[str, str], companies: list[tuple[str, str]]) -> str:
    """``asked`` are the parameters of the authorize request, carried along as hidden fields."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value, quote=True)}">'
        for name, value in asked.items()
    )
    options = "".join(
        f'<option value="{escape(realm, quote=True)}">{escape(name)} ({escape(realm)})</option>'
        for realm, name in companies
    )
    body = (
        "<h1>Connect to the QuickBooks stand-in</h1>"
        f"<p>The app <strong>{escape(asked['client_id'])}</strong> asks to read and change the books "
        "of a company you choose.</p>"
        f'<form method="post" action="/connect/oauth2">{hidden}'
        f'<p><label for="realm">Company</label><select id="realm" name="realm">{options}</select></p>'
        '<p class="buttons"><button class="primary" name="decision" value="connect">Connect</button>'
        '<button name="decision" value="cancel">Cancel</button></p></form>'
        "<p><small>This is a local stand-in for QuickBooks Online. No data leaves this computer.</small></p>"
    )
    return page("Connect a company", body)


def problem_page(text: str) -> str:
    return page("Something is wrong", f"<h1>This request cannot be answered</h1><p>{escape(text)}</p>")
