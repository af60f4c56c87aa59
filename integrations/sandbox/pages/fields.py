"""Labelled inputs."""

from __future__ import annotations

from integrations.sandbox.pages.markup import Html, tag, void_tag


def labelled(name: str, label: str, control: Html, *, hint: str = "", wide: bool = False) -> Html:
    note = tag("small", hint) if hint else Html("")
    head = tag("label", label, for_=name)
    return tag("div", head, control, note, class_="field wide" if wide else "field")


def text_input(name: str, value: str, *, label: str = "", **more: object) -> Html:
    """``label`` names the input for screen readers where no visible label stands beside it."""
    return void_tag("input", type="text", id=name, name=name, value=value, aria_label=label or None, **more)


def amount_input(name: str, value: str, *, label: str = "", **more: object) -> Html:
    return text_input(
        name, value, label=label, inputmode="decimal", autocomplete="off", class_="amount", **more
    )


def date_input(name: str, value: str) -> Html:
    return void_tag("input", type="date", id=name, name=name, value=value)


def checkbox(name: str, *, checked: bool, label: str = "") -> Html:
    return void_tag(
        "input", type="checkbox", id=name, name=name, value="1", checked=checked, aria_label=label or None
    )


def ticked(name: str, label: str, *, checked: bool) -> Html:
    """A tick box with its label behind it."""
    return tag("label", checkbox(name, checked=checked), " ", label, class_="tick")


def buttons(*controls: object) -> Html:
    return tag("div", *controls, class_="buttons")


def submit(text: str, *, name: str = "", value: str = "", look: str = "") -> Html:
    return tag(
        "button", text, type="submit", name=name or None, value=value or None, class_=f"button {look}".strip()
    )
