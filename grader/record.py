"""Records: classes whose annotations are their fields, as with `dataclasses`, and quick to make.

`@dataclass(frozen=True, slots=True)` compiles six methods a class and makes the class twice, which takes
0.8 ms; for the records of one `grade run` that is as long as importing numpy. Here one method is compiled,
`__init__`; the others are the same few functions for every record. Type checkers see a dataclass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, TypeVar, cast, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class _Made(NamedTuple):
    """Stands for a default that every record has its own of."""

    factory: Callable[[], Any]
    compare: bool


def field(*, default_factory: Callable[[], T], compare: bool = True) -> T:
    """A default that is made anew for every record; `compare` says whether records are compared by it."""
    return _Made(default_factory, compare)  # type: ignore[return-value]


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[T]) -> type[T]:
    """A record that never changes: compared by its fields, hashable when they are."""
    shared = {"__setattr__": _refuse, "__delattr__": _refuse, "__hash__": _hash}
    return _made(cls, {**shared, "__reduce__": _reduce}, "put_{0}(self, {0})")


@dataclass_transform(field_specifiers=(field,))
def mutable(cls: type[T]) -> type[T]:
    """A record whose fields are filled in bit by bit: compared by them, hence not hashable."""
    return _made(cls, {"__hash__": None}, "self.{0} = {0}")


def names(kind: type | object) -> tuple[str, ...]:
    """The names of a record's fields, in their order."""
    return cast("tuple[str, ...]", kind.__match_args__)  # type: ignore[union-attr]


def replace(old: T, **changes: object) -> T:
    """A copy of the record with some fields changed."""
    values = {name: getattr(old, name) for name in names(old)}
    return type(old)(**values | changes)


def _made(cls: type[T], shared: dict[str, Any], assignment: str) -> type[T]:
    """The class again, with slots for its fields and the methods of a record."""
    fields = tuple(cls.__annotations__)
    own = {k: v for k, v in cls.__dict__.items() if k not in {*fields, "__dict__", "__weakref__"}}
    defaults = {name: cls.__dict__[name] for name in fields if name in cls.__dict__}
    apart = {name for name, new in defaults.items() if isinstance(new, _Made) and not new.compare}
    body = {"__eq__": _eq, "__repr__": _repr, **shared, **own, "__slots__": fields, "__match_args__": fields}
    body["__compared__"] = tuple([name for name in fields if name not in apart])
    made: Any = type(cls.__name__, cls.__bases__, body)
    made.__init__ = _init(made, fields, defaults, assignment)
    return cast("type[T]", made)


def _init(
    cls: type, fields: tuple[str, ...], defaults: dict[str, Any], assignment: str
) -> Callable[..., None]:
    """`__init__`, which takes the fields in their order or by name."""
    space: dict[str, Any] = {f"put_{name}": cls.__dict__[name].__set__ for name in fields}
    parameters, lines = [], []
    for name in fields:
        parameters.append(f"{name}=of_{name}" if name in defaults else name)
        space[f"of_{name}"] = default = defaults.get(name)
        if isinstance(default, _Made):
            lines.append(f" if {name} is of_{name}: {name} = of_{name}.factory()")
        lines.append(" " + assignment.format(name))
    exec(f"def __init__(self, {', '.join(parameters)}):\n" + "\n".join(lines), space)  # noqa: S102
    made: Callable[..., None] = space["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _compared(self: object) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self.__compared__])  # type: ignore[attr-defined]


def _eq(self: object, other: object) -> bool:
    return _compared(self) == _compared(other) if type(other) is type(self) else NotImplemented


def _hash(self: object) -> int:
    return hash(_compared(self))


def _repr(self: object) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names(self))
    return f"{type(self).__qualname__}({shown})"


def _reduce(self: object) -> tuple[type, tuple[Any, ...]]:
    return type(self), tuple([getattr(self, name) for name in names(self)])


def _refuse(self: object, name: str, *_: object) -> NoReturn:
    raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")
