"""What a verb on shifts says when it refuses; nothing was changed."""


class ShiftRefused(Exception):
    """The message is for people; `field` names what it is about, `code` tells programs which refusal it is."""

    def __init__(self, sentence: str, *, field: str = "", code: str = "") -> None:
        self.field, self.code = field, code
        super().__init__(sentence)
