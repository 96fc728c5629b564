"""Arrays as PostgreSQL takes them in binary form, packed at once: many times faster than psycopg's own lists.

An array (PostgreSQL, `array_send`): dimensions, flags, the element's type, and for its one dimension the number of
elements and the lower bound; then each element as its length and its bytes. All integers are big-endian.
"""

from collections.abc import Iterable, Sequence
from struct import Struct
from typing import Any, ClassVar
from uuid import UUID

from psycopg import Connection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_EMPTY = Struct(">iiI").pack
_HEAD = Struct(">iiIii").pack
_LENGTH = Struct(">i").pack
_BIGINT = Struct(">q").pack


class PackedArray(bytes):
    """An array in binary form; its class tells psycopg of which type. `oid` of the array, `element_oid` of one."""

    __slots__ = ()

    oid: ClassVar[int]
    element_oid: ClassVar[int]


class Byteas(PackedArray):
    """`bytea[]`."""

    oid, element_oid = 1001, 17


class Uuids(PackedArray):
    """`uuid[]`."""

    oid, element_oid = 2951, 2950


class Bigints(PackedArray):
    """`bigint[]`."""

    oid, element_oid = 1016, 20


class Texts(PackedArray):
    """`text[]`."""

    oid, element_oid = 1009, 25


def byteas(values: Sequence[bytes]) -> Byteas:
    """`values` as `bytea[]`."""
    return Byteas(_packed(Byteas, values))


def uuids(values: Iterable[UUID]) -> Uuids:
    """`values` as `uuid[]`."""
    return Uuids(_packed(Uuids, [value.bytes for value in values]))


def bigints(values: Iterable[int]) -> Bigints:
    """`values` as `bigint[]`."""
    return Bigints(_packed(Bigints, [_BIGINT(value) for value in values]))


def texts(values: Iterable[str]) -> Texts:
    """`values` as `text[]`."""
    return Texts(_packed(Texts, [value.encode() for value in values]))


def register_arrays(connection: Connection[Any]) -> None:
    """Let `connection` take packed arrays as parameters."""
    for kind, dumper in _DUMPERS.items():
        connection.adapters.register_dumper(kind, dumper)


def _packed(kind: type[PackedArray], elements: Sequence[bytes]) -> bytes:
    if not elements:
        return _EMPTY(0, 0, kind.element_oid)
    pieces = [piece for element in elements for piece in (_LENGTH(len(element)), element)]
    return _HEAD(1, 0, kind.element_oid, len(elements), 1) + b"".join(pieces)


class _PackedDumper(Dumper):
    """Hands the bytes on as they are."""

    format = Format.BINARY

    def dump(self, obj: PackedArray) -> bytes:
        return obj


_DUMPERS: dict[type[PackedArray], type[_PackedDumper]] = {
    kind: type(f"{kind.__name__}Dumper", (_PackedDumper,), {"oid": kind.oid})
    for kind in (Byteas, Uuids, Bigints, Texts)
}
