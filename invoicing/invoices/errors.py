"""What a verb on invoices says when it refuses; nothing was changed."""


class InvoiceRefused(Exception):
    """The message is for people; `field` names what it is about, `code` tells programs which refusal it is. `section`
    and `line` are the place of the line in question, both from 1, `line` within its section.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str = "",
        code: str = "",
        section: int | None = None,
        line: int | None = None,
    ) -> None:
        self.field, self.code, self.section, self.line = field, code, section, line
        super().__init__(message)
