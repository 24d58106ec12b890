"""How forms are drawn: with the project's templates, as Django's `TemplatesSetting` does."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.safestring import SafeString


class FormRenderer(TemplatesSetting):
    """Draw no template for a list of errors that is empty: the admin asks for three with every field.

    In the form of an article that is a hundred and fifty templates.
    """

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        if "error_class" in context and not context["errors"]:
            return SafeString()
        return super().render(template_name, context, request)
