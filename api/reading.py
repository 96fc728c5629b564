"""What can be read of a ledger: one function a question, for the command line, the pages and REST alike.

Answers are those of OUTPUTS, with references for people; `reveal` puts numbers and words in their places and leaves
a trace. Callers bring the views up to date first (`ledger.catch_up`).
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from api.ledger import Ledger
from api.revealing import CHUNK, leave_trace, reveal_rows, with_numbers
from audit.book import Sealed
from audit.stores import chunks
from domain.event import KEEPER, BookName
from projections.alerts import ALL, Asked
from projections.readers import Reader

PERSONAL_KINDS = {"person": "P", "account": "A", "phone": "T"}


def events(ledger: Ledger, book: str, *, start: int = 1, limit: int | None = None) -> Iterator[dict[str, Any]]:
    """The sealed events of a book by position (OUTPUTS §3).

    Raises:
        LookupError: when there is no such book.
    """
    if book not in set(BookName):
        raise LookupError(f"没有 {book} 这本账；可用 money、supervision / There is no book {book}.")
    names = ledger.vault.file_names()
    return (as_event(sealed, names) for sealed in ledger.book(book).read(start, limit))


def event(ledger: Ledger, book: str, position: int) -> dict[str, Any]:
    """The sealed event at a position of a book.

    Raises:
        LookupError: when the book does not go that far.
    """
    sealed = ledger.book(book).entry(position)
    if sealed is None:
        size = ledger.book(book).head.position
        raise LookupError(
            f"账内没有位置 {position}，现有 {size} 条 / There is no position {position}; there are {size}."
        )
    return as_event(sealed, ledger.vault.file_names())


def stream(ledger: Ledger, book: str, stream_id: UUID) -> list[dict[str, Any]]:
    """The sealed events of one stream, by version.

    Raises:
        LookupError: when the book has no such stream.
    """
    entries = ledger.book(book).stream(stream_id)
    if not entries:
        raise LookupError(f"{book} 账内没有流 {stream_id} / The book {book} has no stream {stream_id}.")
    names = ledger.vault.file_names()
    return [as_event(sealed, names) for sealed in entries]


def as_event(sealed: Sealed, file_names: dict[str, str]) -> dict[str, Any]:
    """One line of OUTPUTS §3."""
    state = msgspec.json.decode(sealed.state)
    source = dict(state.get("source", {}))
    name = file_names.get(source.pop("file_sha256", ""))
    if name is not None:
        source = {"channel": source.pop("channel"), "file": name, **source}
    return {
        "position": sealed.position,
        "stream": str(sealed.stream),
        "version": sealed.version,
        "topic": sealed.topic,
        "occurred_on": state.get("occurred_on"),
        "known_on": state.get("known_on"),
        "recorded_at": state.get("recorded_at"),
        "leaf": sealed.leaf.hex(),
        "link": sealed.link.hex(),
        "source": source,
        "state": state,
    }


def balances(ledger: Ledger) -> dict[str, Any]:
    """总台账 (OUTPUTS §5)."""
    from projections.balances import balances as read_balances

    with ledger.engine.connect() as connection:
        return read_balances(connection)


def fact_tables(ledger: Ledger) -> list[dict[str, Any]]:
    """The fact tables with their columns and sizes (OUTPUTS §6)."""
    from projections.facts import list_tables

    with ledger.engine.connect() as connection:
        return list_tables(connection)


def fact_columns(name: str) -> list[str]:
    """The columns of a fact table."""
    from projections.facts import columns

    return list(columns(name))


def fact_rows(
    ledger: Ledger,
    name: str,
    *,
    reveal: bool = False,
    why: str = "",
    after: int | None = None,
    limit: int | None = None,
) -> Iterator[dict[str, Any]]:
    """The rows of a fact table (OUTPUTS §6).

    Raises:
        LookupError: when there is no such table.
    """
    from projections.facts import columns, rows, speaking

    columns(name)
    if reveal:
        leave_trace(ledger, where=f"facts {name}", subject=f"table:{name}", why=why, references=0)
    with ledger.engine.connect() as connection:
        told = rows(connection, name, after=after, limit=limit)
        yield from reveal_rows(ledger, told, speaking(name)) if reveal else told


def replay(  # noqa: PLR0913  the three times of OUTPUTS §7, and a reveal with its reason
    ledger: Ledger,
    subject: str,
    *,
    as_of: date | None = None,
    known_on: date | None = None,
    known_at: str | None = None,
    reveal: bool = False,
    why: str = "",
) -> dict[str, Any]:
    """A subject's history (OUTPUTS §7).

    Raises:
        LookupError: when the subject is nowhere in the ledger.
    """
    from projections.history import replay as fold

    with ledger.engine.connect() as connection:
        told = fold(
            connection,
            ledger.money,
            by_reference(ledger, subject),
            as_of=as_of or ledger.today,
            known_on=known_on,
            known_at=position_at(ledger, known_at),
        )
    told["known_at"] = known_at
    if not reveal:
        return told
    leave_trace(ledger, where="replay", subject=told["subject"], why=why, references=1)
    revealed: dict[str, Any] = with_numbers(ledger, [told])[0]
    for name, keys in SORTED_BY_PEOPLE.items():
        if name in revealed["state"]:
            revealed["state"][name].sort(key=lambda row: [str(row.get(key) or "") for key in keys])
    return revealed


SORTED_BY_PEOPLE = {
    "members": ("id_no", "included_on"),
    "entitlements": ("id_no", "programme", "from"),
    "shares": ("contract_no", "id_no", "household_no"),
}
"""Lists of a state that sort by a person: by the number, where that is what is shown (OUTPUTS §7)."""


def trace(
    ledger: Ledger,
    subject: str,
    *,
    as_of: date | None = None,
    known_on: date | None = None,
    known_at: str | None = None,
) -> dict[str, Any]:
    """Where a fund's money went, or where a subject's came from (OUTPUTS §8).

    Raises:
        LookupError: when the subject is nowhere in the ledger, or is none that money can be traced from.
    """
    from projections.trace import trace as follow

    with ledger.engine.connect() as connection:
        told = follow(
            connection,
            by_reference(ledger, subject),
            as_of=as_of or ledger.today,
            known_on=known_on,
            known_at=position_at(ledger, known_at),
        )
    return {
        "subject": told["subject"],
        "as_of": told["as_of"],
        "known_on": str(known_on) if known_on else None,
        "known_at": known_at,
        "nodes": told["nodes"],
        "edges": told["edges"],
    }


def by_reference(ledger: Ledger, subject: str) -> str:
    """`person:`number as `person:`reference; other subjects as they are.

    Raises:
        LookupError: when the vault does not know the number.
    """
    kind, colon, value = subject.partition(":")
    if not colon or not value:
        raise LookupError(
            "对象写作 类型:编号，如 household:H-0001 / Write a subject as kind:value, e.g. household:H-0001."
        )
    prefix = PERSONAL_KINDS.get(kind)
    if prefix is None or value.startswith(f"{prefix}-"):
        return subject
    found = ledger.vault.find(prefix, ["".join(value.split()).upper()])
    if not found:
        raise LookupError(f"账内没有这个{kind} / This {kind} is nowhere in the ledger.")
    return f"{kind}:{next(iter(found.values())).ref}"


def position_at(ledger: Ledger, known_at: str | None) -> int | None:
    """A position, or the last position recorded by an instant.

    Raises:
        LookupError: when it is neither.
    """
    if known_at is None:
        return None
    if known_at.isascii() and known_at.isdigit():
        return int(known_at)
    if not (known_at[:4].isascii() and known_at[:4].isdigit()):
        raise LookupError(f"{known_at} 既不是位置也不是时刻 / {known_at} is neither a position nor an instant.")
    low, high = 0, ledger.money.head.position
    while low < high:
        middle = (low + high + 1) // 2
        entry = ledger.money.entry(middle)
        recorded_at = msgspec.json.decode(entry.state)["recorded_at"] if entry else ""
        low, high = (middle, high) if recorded_at <= known_at else (low, middle - 1)
    return low


def alerts(ledger: Ledger, *, reveal: bool = False, why: str = "") -> list[dict[str, Any]]:
    """Every alert by when it was raised (OUTPUTS §9)."""
    return list(alert_lines(ledger, ALL, reveal=reveal, why=why))


def alert_lines(
    ledger: Ledger, asked: Asked = ALL, *, reveal: bool = False, why: str = "", actor: str = KEEPER
) -> Iterator[dict[str, Any]]:
    """The alerts `asked` for, by when they were raised, read as they are taken (OUTPUTS §9).

    With `reveal` anchor and subjects are the numbers of the workbooks; the trace is left before the first line.
    """
    from projections.alerts import counted, listed

    with ledger.engine.connect() as connection:
        if not reveal:
            yield from listed(connection, asked)
            return
        references = counted(connection, asked)
    leave_trace(ledger, where="alerts", subject="alerts", why=why, references=references, actor=actor)
    with ledger.engine.connect() as connection:
        for chunk in chunks(listed(connection, asked), CHUNK):
            yield from with_numbers(ledger, chunk)


def alert_page(
    ledger: Ledger, asked: Asked, *, after: tuple[str, str] | None, limit: int | None
) -> list[dict[str, Any]]:
    """At most `limit` of the alerts `asked` for, behind the one `after` (raised_at, alert_id)."""
    from projections.alerts import listed

    with ledger.engine.connect() as connection:
        return list(listed(connection, asked, after=after, limit=limit))


def alert(ledger: Ledger, alert_id: str, reader: Reader | None = None) -> dict[str, Any]:
    """One alert as it stands now (OUTPUTS §9).

    Raises:
        LookupError: when there is none of that id, or it names the `reader`.
    """
    from projections.alerts import listed

    with ledger.engine.connect() as connection:
        for told in listed(connection, Asked(alert_id=alert_id, reader=reader)):
            return told
    raise LookupError(f"没有疑点 {alert_id} / There is no alert {alert_id}.")


def rules(ledger: Ledger) -> list[dict[str, Any]]:
    """The rules with what they lack (OUTPUTS §9)."""
    from projections.rules.listing import listed_rules
    from projections.rules.pack import DEFAULT_PACK

    with ledger.engine.connect() as connection:
        return listed_rules(connection, DEFAULT_PACK)


def notices(ledger: Ledger) -> list[dict[str, Any]]:
    """The public notices by number (OUTPUTS §9)."""
    from api.board import printed_header
    from projections.notices import listed

    with ledger.engine.connect() as connection:
        return [printed_header(ledger, header) for header in listed(connection, as_of=ledger.today)]


def notice(ledger: Ledger, notice_no: str) -> dict[str, Any]:
    """One notice with its lines, masked as printed (OUTPUTS §9).

    Raises:
        LookupError: when there is none of that number.
    """
    from api.board import printed
    from projections.notices import shown

    with ledger.engine.connect() as connection:
        told = shown(connection, notice_no, as_of=ledger.today)
    return printed(ledger, told)


def flow(ledger: Ledger) -> dict[str, Any]:
    """Where the money went: source → programme → village."""
    from projections.flow import flow as read_flow

    with ledger.engine.connect() as connection:
        return read_flow(connection)


def overview(ledger: Ledger) -> dict[str, Any]:
    """The figures behind the five questions of supervision."""
    from projections.overview import overview as read_overview

    with ledger.engine.connect() as connection:
        told = read_overview(connection)
    head = ledger.money.head
    return {**told, "size": head.position, "head": head.link.hex()}


def imports(ledger: Ledger) -> list[dict[str, Any]]:
    """The files that went in, newest first."""
    from projections.imports import listed

    names = ledger.vault.file_names()
    with ledger.engine.connect() as connection:
        return [{**told, "file": names.get(told["file_sha256"])} for told in listed(connection)]
