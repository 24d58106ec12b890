"""What goes wrong in an import, in sentences."""

from django.core.exceptions import ValidationError


class ImportProblem(Exception):  # noqa: N818 - its text is a sentence for the person at the keyboard
    """A file cannot be imported; the text says why, and what to do where that is not plain."""


def sentence_of(error: ValidationError) -> str:
    """Return what is wrong in one line, with the names of the fields."""
    if hasattr(error, "error_dict"):
        return " ".join(
            f"“{name}”: {' '.join(messages)}" for name, messages in error.message_dict.items()
        ).replace("“__all__”: ", "")
    return " ".join(error.messages)
