"""What a verb on bills says when it refuses; nothing was changed."""


class BillRefused(Exception):
    """The message is for people; `field` names what it is about, `code` tells programs which refusal it is, and `line`
    is the place of the line in question, from 1.
    """

    def __init__(self, message: str, *, field: str = "", code: str = "", line: int | None = None) -> None:
        self.field, self.code, self.line = field, code, line
        super().__init__(message)
