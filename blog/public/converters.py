"""The parts of addresses that Django has no converter for."""

from django.urls import register_converter

from blog.comments.threads import ORDERS


class PageNumber:
    """The number of a page. The first one has no number in its address."""

    regex = "[1-9][0-9]{0,8}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Year(PageNumber):
    regex = "[12][0-9]{3}"


class Month(PageNumber):
    regex = "0[1-9]|1[0-2]"

    def to_url(self, value: int) -> str:
        return f"{value:02}"


class Order:
    """An order of the comments."""

    regex = "|".join(ORDERS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PagePath:
    """The addresses of a page from the root, such as `about/team`; no file has one, so none is asked for."""

    regex = "[-a-zA-Z0-9_]+(?:/[-a-zA-Z0-9_]+)*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class CategoryPath(PagePath):
    """That of a category, also of an old blog's; without a NUL, which PostgreSQL does not take."""

    regex = r"[^\0]+"


register_converter(PageNumber, "page")
register_converter(PagePath, "pages")
register_converter(CategoryPath, "category")
register_converter(Order, "order")
register_converter(Year, "year")
register_converter(Month, "month")
