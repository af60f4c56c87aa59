"""What a verb on bills says when it refuses; nothing was changed."""


class BillRefused(Exception):
    """The message is for people; `field` names what it is about, `code` tells programs which refusal it is."""

    def __init__(self, message: str, *, field: str = "", code: str = "") -> None:
        self.field, self.code = field, code
        super().__init__(message)
