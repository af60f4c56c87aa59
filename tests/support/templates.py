"""Makes an undefined template variable an error, in our own templates."""

import sys
from types import FrameType


class UndefinedTemplateVariable(AssertionError):
    pass


class LoudUndefined(str):
    """For `string_if_invalid`: Django formats it with the variable's name when a variable is undefined.

    Templates of other packages (the admin) count on the silence and keep it.
    """

    __slots__ = ()

    def __mod__(self, variable: object) -> str:
        origin = find_template(sys._getframe(1))
        if "site-packages" in origin:
            return ""
        raise UndefinedTemplateVariable(f"{{{{ {variable} }}}} is not defined in {origin}")


def find_template(frame: FrameType | None) -> str:
    """The node that is being rendered, somewhere up the stack, knows its template."""
    while frame is not None:
        node = frame.f_locals.get("self")
        origin = getattr(node, "origin", None)
        if origin is not None:
            return str(origin.name)
        frame = frame.f_back
    return "an unknown template"
