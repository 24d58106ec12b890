"""Statements that are written once. Django needs ten times longer to write one than SQLite to answer it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from itertools import count, zip_longest
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet, ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.db.models import Model
from django.db.models.query import ValuesListIterable
from django.db.models.sql import UpdateQuery
from django.utils.dateparse import parse_datetime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.backends.utils import CursorWrapper
    from django.db.models import QuerySet


class Prepared[Row]:
    """A queryset with named values, compiled on first use and from then on only filled in.

        by_slug = Prepared(lambda slug, at: Article.objects.published(at).filter(slug=slug))
        by_slug(slug="on-bridges", at=timezone.now())

    Calling it returns a list of what the queryset gives: models with what `select_related` loads, or
    the tuples of `values_list`. Values are texts, times, UUIDs or primary keys, never None or a list,
    which would change the SQL. For the few queries of the busiest pages; everything else is a plain queryset.

    With *keeps*, the same models are returned as long as the database answers the same: for rows that are
    asked for all the time and hardly change. Nobody may change such a model.

    With *remembers*, a dictionary that statements of the same columns may share, a row that was fetched
    before is not made a model again: the caller gets a copy, with the row as `fetched`. Nobody may change
    the models within it.

    With *sliced*, it is called with `limit` and `offset`, too: Django writes a slice into the SQL itself.
    With *counts*, it is called with `limit` and returns one row, the number of rows up to that many.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Row]],
        *,
        keeps: bool = False,
        remembers: dict[tuple, Row] | None = None,
        sliced: bool = False,
        counts: bool = False,
    ) -> None:
        self.build = build
        self.keeps = keeps
        self.remembers = remembers
        self.slice = ("limit",) if counts else ("limit", "offset") if sliced else ()
        self.counts = counts
        self.plans: WeakKeyDictionary[BaseDatabaseWrapper, _Query[Row]] = WeakKeyDictionary()

    def __call__(self, **values: Any) -> list[Row]:
        connection = connections[DEFAULT_DB_ALIAS]  # this thread's own, and so is the plan
        plan = self.plans.get(connection)
        if plan is None:
            given = {name: value for name, value in values.items() if name not in self.slice}
            plan = self.plans[connection] = _Query(
                self.build, given, connection, keeps=self.keeps, remembers=self.remembers
            )
            plan.take_slice(self.slice, counts=self.counts)
        return plan.rows(values)


class PreparedUpdate:
    """The same for an update: a queryset, and what is set on its rows.

        one_more = PreparedUpdate(lambda pk: Post.objects.filter(pk=pk), likes=F("likes") + 1)
        one_more(pk=post.pk)

    Calling it returns how many rows there were.
    """

    def __init__(self, build: Callable[..., QuerySet], **changes: Any) -> None:
        self.build = build
        self.changes = changes
        self.plans: WeakKeyDictionary[BaseDatabaseWrapper, _Update] = WeakKeyDictionary()

    def __call__(self, **values: Any) -> int:
        connection = connections[DEFAULT_DB_ALIAS]
        plan = self.plans.get(connection)
        if plan is None:
            plan = self.plans[connection] = _Update(self.build, self.changes, values, connection)
        return plan.run(values)


class PreparedInsert[Row: Model]:
    """The statement that stores a new row of a model, with all its columns.

        store = PreparedInsert(Comment)
        store(comment)

    As `save(force_insert=True)`: the row gets its key, and times that set themselves are set. No signals
    are sent: this project has none. For the few rows that readers write; everything else is saved.

    *apart* stores a row that may fail without taking the caller's transaction with it, as a savepoint
    does, but in one round trip.
    """

    def __init__(self, model: type[Row]) -> None:
        self.model = model
        self.plans: WeakKeyDictionary[BaseDatabaseWrapper, _Insert] = WeakKeyDictionary()

    def __call__(self, row: Row, *, apart: bool = False) -> None:
        connection = connections[DEFAULT_DB_ALIAS]
        plan = self.plans.get(connection)
        if plan is None:
            plan = self.plans[connection] = _Insert(self.model, connection)
        plan.store(row, apart=apart)


class _Statement:
    """What is sent on one connection, again and again.

    Its cursor stays open, since making one costs more than using it. PostgreSQL keeps the plan, too
    (PREPARE): else it spends more time on planning than on finding the rows. Where something between
    us and the database hands connections round, Django is told so by DISABLE_SERVER_SIDE_CURSORS, and
    there nothing is kept. A plan is made anew after a hundred uses: one that was made for an empty table
    would read the whole of it for ever. Queries that somebody listens to, as tests do, are sent as they are.
    """

    sql: str
    params: list[Any]  # of the statement as it was compiled
    slots: dict[int, str]  # places in `params` that are filled in anew each time

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self.connection = connection
        self.keeps_plan = connection.vendor == "postgresql" and not connection.settings_dict.get(
            "DISABLE_SERVER_SIDE_CURSORS"
        )
        self.open_cursor: CursorWrapper | None = None
        self.opened_on: Any = None  # the driver's connection; Django may have opened another since
        self.short_sql = ""  # asks for the plan that is kept
        self.uses = 0  # of that plan

    def execute(self, values: Sequence[Any], *, around: str = "{}") -> CursorWrapper:
        """Send the statement with the values of its slots, in their order; return the cursor."""
        cursor = self._cursor()
        if cursor is self.open_cursor and self.short_sql:
            self.uses += 1
            cursor.execute(around.format(self.short_sql), values)
            return cursor
        for place, value in zip(self.slots, values, strict=True):
            self.params[place] = value
        cursor.execute(around.format(self.sql), tuple(self.params))
        return cursor

    def _cursor(self) -> CursorWrapper:
        """Return the open cursor; a new one where Django has something to look at first."""
        connection: Any = self.connection
        is_checked = connection.health_check_done or not connection.health_check_enabled
        is_same = self.opened_on is not None and self.opened_on is connection.connection
        is_fresh = self.uses < MOST_USES
        if (
            self.open_cursor
            and is_same
            and is_checked
            and is_fresh
            and not connection.queries_logged
        ):
            return self.open_cursor
        cursor = connection.cursor()
        if connection.queries_logged:
            return cursor
        if self.keeps_plan and not (is_same and is_fresh):
            if is_same and self.short_sql:
                cursor.execute(f"DEALLOCATE {self.short_sql.split()[1]}")
            self.short_sql, self.uses = self._prepare(cursor), 0
        self.open_cursor, self.opened_on = cursor, connection.connection
        return cursor

    def _prepare(self, cursor: CursorWrapper) -> str:
        """Have PostgreSQL keep the plan; return the statement that asks for it.

        Only the slots become parameters. What never changes stays in the text, where the planner sees it.
        """
        name = f"prepared_{next(_numbers)}"
        numbers = {place: f"${number}" for number, place in enumerate(self.slots, start=1)}
        pieces = self.sql.split("%s")
        places = [numbers.get(place, "%s") for place in range(len(pieces) - 1)]
        text = "".join(
            piece for pair in zip_longest(pieces, places, fillvalue="") for piece in pair
        )
        fixed = [param for place, param in enumerate(self.params) if place not in self.slots]
        cursor.execute(f"PREPARE {name} AS {text}", fixed or None)
        return (
            f"EXECUTE {name} ({', '.join(['%s'] * len(numbers))})"
            if numbers
            else f"EXECUTE {name}"
        )


MOST_USES = 100
_numbers = count(1)  # of the plans of this process


class _Plan(_Statement):
    """What one connection needs to ask again: the SQL, and where in its parameters the values belong."""

    def __init__(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection)
        self.adapt_time = connection.ops.adapt_datetimefield_value
        self.has_uuids = connection.features.has_native_uuid_field
        self.marks = {
            name: _mark(value, place) for place, (name, value) in enumerate(values.items())
        }

    def take(self, sql: str, params: Iterable[Any]) -> None:
        """Keep a compiled statement, and find the places of the values in it."""
        self.sql = sql
        self.params = list(params)
        names = {self.adapted(mark): name for name, mark in self.marks.items()}
        self.slots = {
            place: names[param] for place, param in enumerate(self.params) if param in names
        }
        self._refuse_what_stands_still(names)

    def ask(self, values: dict[str, Any]) -> CursorWrapper:
        return self.execute([self.adapted(values[name]) for name in self.slots.values()])

    def adapted(self, value: Any) -> Any:
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


class _Query[Row](_Plan):
    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Row]],
        values: dict[str, Any],
        connection: BaseDatabaseWrapper,
        *,
        keeps: bool,
        remembers: dict[tuple, Row] | None,
    ) -> None:
        super().__init__(values, connection)
        self.keeps = keeps
        self.remembered = remembers
        self.kept: tuple[list[tuple], list[Row]] = ([], [])  # as fetched, and as returned
        self.queryset = build(**self.marks).using(connection.alias)
        compiler = self.queryset.query.get_compiler(connection=connection)
        try:
            self.take(*compiler.as_sql())
        except EmptyResultSet as error:
            raise ImproperlyConfigured("A prepared query cannot be one without rows.") from error
        fields = [column[0] for column in compiler.select[: compiler.col_count]]
        converters = compiler.get_converters(fields)
        is_tuple = self.queryset._iterable_class is ValuesListIterable

        def converted(rows: list[tuple] | None = None, **options: Any) -> Iterable[Any]:
            rows = self.found if rows is None else rows  # flat lists of values hand none over
            if converters:
                found = compiler.apply_converters(rows, converters)
                return map(tuple, found) if is_tuple else found
            return rows

        self.converted = converted
        self.is_tuple = is_tuple
        # The rest is Django's: it makes models of the rows that are fetched here.
        compiler.execute_sql = lambda *args, **options: self.found
        compiler.results_iter = converted
        self.queryset.query.get_compiler = lambda *args, **options: compiler  # type: ignore[method-assign]

    def take_slice(self, names: tuple[str, ...], *, counts: bool) -> None:
        """Let the statement end with these, as further values."""
        self.slots |= {len(self.params) + place: name for place, name in enumerate(names)}
        self.params += [0] * len(names)
        self.sql += "".join(f" {name.upper()} %s" for name in names)
        if counts:
            self.sql = f"SELECT COUNT(*) FROM ({self.sql}) AS counted"  # noqa: S608 - what we compiled

    def rows(self, values: dict[str, Any]) -> list[Row]:
        found = self.ask(values).fetchall()
        if self.is_tuple:
            return list(self.converted(found))
        if not found:
            return []
        if self.keeps and found == self.kept[0]:
            return self.kept[1].copy()
        if self.remembered is not None:
            return self._copies(found, self.remembered)
        rows = self._models(found)
        if self.keeps:
            self.kept = (found, rows.copy())
        return rows

    def _models(self, found: list[tuple]) -> list[Row]:
        self.found = found
        return list(self.queryset._iterable_class(self.queryset))  # type: ignore[call-overload, arg-type]

    def _copies(self, found: list[tuple], remembered: dict[tuple, Row]) -> list[Row]:
        """Return a model for each row, made now or before. Other threads remember and forget meanwhile."""
        known = {row: remembered.get(row) for row in found}
        if new := [row for row, model in known.items() if model is None]:
            known |= zip(new, self._models(new), strict=True)
            if len(remembered) + len(new) > MOST_REMEMBERED:
                remembered.clear()
            remembered |= {row: known[row] for row in new}
        return [_copy(known[row], row) for row in found]


MOST_REMEMBERED = 300  # models by one dictionary, of one or two kilobytes


def _copy(model: Any, row: tuple) -> Any:
    copy = object.__new__(type(model))
    copy.__dict__ |= model.__dict__
    copy.fetched = row
    return copy


class _Update(_Plan):
    def __init__(
        self,
        build: Callable[..., QuerySet],
        changes: dict[str, Any],
        values: dict[str, Any],
        connection: BaseDatabaseWrapper,
    ) -> None:
        super().__init__(values, connection)
        query: Any = build(**self.marks).using(connection.alias).query.chain(UpdateQuery)
        query.add_update_values(changes)
        self.take(*query.get_compiler(connection=connection).as_sql())

    def run(self, values: dict[str, Any]) -> int:
        return self.ask(values).rowcount


# What both databases take as it is; everything else asks its field.
_PLAIN = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.FloatField,
    models.BooleanField,
)


class _Insert(_Statement):
    def __init__(self, model: type[Model], connection: BaseDatabaseWrapper) -> None:
        super().__init__(connection)
        self.alias = connection.alias
        # A statement that fails leaves nothing behind on SQLite; on PostgreSQL it ends the transaction.
        self.needs_savepoint = connection.vendor == "postgresql"
        key = model._meta.pk
        self.makes_key = isinstance(key, models.AutoField)
        fields = [
            field
            for field in model._meta.concrete_fields
            if not (field.generated or (self.makes_key and field is key))
        ]
        # How to read each column's value off the row: its name, who sets it now, who adapts it.
        self.columns = [
            (field.attname, _setter(field), _adapter(field, connection)) for field in fields
        ]
        quoted = connection.ops.quote_name
        names = ", ".join(quoted(str(field.column)) for field in fields)
        places = ", ".join(["%s"] * len(fields))
        table = quoted(model._meta.db_table)
        self.sql = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - no value in it
        self.params = [None] * len(fields)
        self.slots = dict(enumerate(name for name, _setter, _adapter in self.columns))
        if self.makes_key:
            self.sql += f" RETURNING {quoted(str(key.column))}"

    def store(self, row: Model, *, apart: bool) -> None:
        params = []
        for name, setter, adapter in self.columns:
            value = setter(row, True) if setter else getattr(row, name)
            params.append(value if adapter is None or value is None else adapter(value))
        if apart and self.needs_savepoint and self.connection.in_atomic_block:
            cursor = self._execute_apart(params)
        else:
            cursor = self.execute(params)
        if self.makes_key:
            [(row.pk,)] = cursor.fetchall()
        row._state.adding, row._state.db = False, self.alias

    def _execute_apart(self, params: list[Any]) -> CursorWrapper:
        try:
            return self.execute(params, around="SAVEPOINT apart; {}; RELEASE SAVEPOINT apart")
        except DatabaseError:
            with self.connection.cursor() as cursor:
                cursor.execute("ROLLBACK TO SAVEPOINT apart")
            raise


def _setter(field: models.Field) -> Callable[[Model, bool], Any] | None:
    """Return the field's own `pre_save` where it has one: a time that sets itself."""
    return None if type(field).pre_save is models.Field.pre_save else field.pre_save


def _adapter(field: models.Field, connection: BaseDatabaseWrapper) -> Callable[[Any], Any] | None:
    """Return what makes a value of the field one for the database; None where it is one already."""
    target = field.target_field if field.is_relation else field  # type: ignore[attr-defined]
    if isinstance(target, _PLAIN):
        return None
    if isinstance(target, models.DateTimeField):
        return connection.ops.adapt_datetimefield_value
    return partial(field.get_db_prep_save, connection=connection)


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
