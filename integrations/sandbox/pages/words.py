"""Faults of the API in the words of a bookkeeper."""

from __future__ import annotations

from integrations.sandbox.errors import ApiFault

SENTENCES = {
    "610": "This entry no longer exists: somebody deleted it.",
    "2020": "Something required is missing: {detail}",
    "2040": "A text has a character that is not allowed there: {detail}",
    "2050": "A text is too long: {detail}",
    "2500": "A name on this form does not exist or was made inactive: {detail}",
    "5010": "Somebody changed this entry while you had it open. Look at it again, then make your change.",
    "6070": "A line's amount is not its quantity times its rate. Correct one of the three, or leave two of them out.",
    "6140": "That number is already used: {detail}",
    "6210": "The books are closed up to that date.",
    "6220": "This name still has an open balance, so it cannot be made inactive.",
    "6240": "That name is already taken.",
    "6280": "This customer still has billable expenses that are on no invoice, so it cannot be made inactive.",
    "6310": "Billable time needs a customer.",
    "6330": "Billable time needs a billing rate above zero.",
    "6350": "Enter the hours worked.",
    "6400": "A line of this entry is on an invoice already. Change the invoice first.",
    "6430": "That account is of the wrong kind here: {detail}",
    "6440": "A line has neither an item nor a category.",
}


def readable(fault: ApiFault) -> str:
    """One or two sentences, and the code for whoever wants to look it up."""
    detail = fault.detail.rsplit(" : ", 1)[-1].removeprefix("Business Validation Error: ").strip()
    sentence = SENTENCES.get(fault.code, "{detail}").format(detail=detail)
    return f"{sentence.rstrip('.')}. (code {fault.code})"
