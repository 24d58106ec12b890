"""Queries that are written once. Django needs ten times longer to write a query than SQLite to answer it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet, ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.dateparse import parse_datetime

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import QuerySet


class Prepared[Row]:
    """A queryset with named values, compiled on first use and from then on only filled in.

        by_slug = Prepared(lambda slug, at: Article.objects.published(at).filter(slug=slug))
        by_slug(slug="on-bridges", at=timezone.now())

    Calling it returns a list of what the queryset gives: models with what `select_related` loads, or
    the tuples of `values_list`. Values are texts, times, UUIDs or primary keys, never None or a list,
    which would change the SQL. For the few queries of the busiest pages; everything else is a plain queryset.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self.plans: WeakKeyDictionary[BaseDatabaseWrapper, _Plan[Row]] = WeakKeyDictionary()

    def __call__(self, **values: Any) -> list[Row]:
        connection = connections[DEFAULT_DB_ALIAS]  # this thread's own, and so is the plan
        plan = self.plans.get(connection)
        if plan is None:
            plan = self.plans[connection] = _Plan(self.build, values, connection)
        return plan.rows(values)


class _Plan[Row]:
    """What one connection needs to ask again: the SQL, and where in its parameters the values belong."""

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Row]],
        values: dict[str, Any],
        connection: BaseDatabaseWrapper,
    ) -> None:
        marks = {name: _mark(value, place) for place, (name, value) in enumerate(values.items())}
        self.queryset = build(**marks).using(connection.alias)
        self.adapt_time = connection.ops.adapt_datetimefield_value
        self.has_uuids = connection.features.has_native_uuid_field
        compiler = self.queryset.query.get_compiler(connection=connection)
        try:
            self.sql, params = compiler.as_sql()
        except EmptyResultSet as error:
            raise ImproperlyConfigured("A prepared query cannot be one without rows.") from error
        names = {self._adapted(mark): name for name, mark in marks.items()}
        self.slots = {place: names[param] for place, param in enumerate(params) if param in names}
        self.params = list(params)
        self._refuse_what_stands_still(names)
        fields = [column[0] for column in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(fields)
        # The rest is Django's: the compiler runs the statement and makes the rows.
        compiler.as_sql = lambda *args, **options: (self.sql, tuple(self.params))
        compiler.get_converters = lambda expressions: converters
        self.queryset.query.get_compiler = lambda *args, **options: compiler  # type: ignore[method-assign]

    def rows(self, values: dict[str, Any]) -> list[Row]:
        for place, name in self.slots.items():
            self.params[place] = self._adapted(values[name])
        rows: Any = self.queryset._iterable_class(self.queryset)  # type: ignore[arg-type]
        return list(rows)

    def _adapted(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return self.adapt_time(value)
        if isinstance(value, UUID):
            return value if self.has_uuids else value.hex
        return value

    def _refuse_what_stands_still(self, names: dict[Any, str]) -> None:
        """Raise ImproperlyConfigured for a value that is never asked, or a time that is not a value."""
        if unused := set(names.values()) - set(self.slots.values()):
            raise ImproperlyConfigured(f"The prepared query does not use {sorted(unused)}.")
        for place, param in enumerate(self.params):
            if place not in self.slots and _is_time(param):
                raise ImproperlyConfigured("Hand every time to a prepared query by name.")


def _mark(value: Any, place: int) -> Any:
    """Return a value of the same type that no query holds by itself."""
    if isinstance(value, datetime):
        return datetime(9000 + place, 1, 1, tzinfo=UTC)
    if isinstance(value, UUID):
        return UUID(int=2**100 + place)
    if isinstance(value, int):
        return 2**40 + place
    return f"value-{place}-of-a-prepared-query"


def _is_time(param: Any) -> bool:
    if isinstance(param, str):  # SQLite's form of a time
        try:
            return parse_datetime(param) is not None
        except ValueError:
            return False
    return isinstance(param, datetime)
