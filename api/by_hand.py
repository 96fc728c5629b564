"""What is entered by hand becomes events as a workbook's rows do: the same reading, checks, vault and sealing.

Deciding and sealing are two steps, and others write in between. Whoever was second at a version of a stream is told
so (`E-CONFLICT`), reads again what is there, and decides again: `decided` does that, across threads and processes.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from api.known import LedgerKnown, recorded_rows
from api.ledger import Ledger, Placed
from api.likenesses import tell_likenesses
from audit.seal import NotAnEntry
from domain.clock import instant
from domain.event import BookName
from domain.refusal import Refused
from domain.roles import Actor
from intake.checking import Check, Fate, Recorded
from intake.checking import Ledger as Checked
from intake.content import content_of
from intake.entry import Stated, read_entries
from intake.problem import Problem, Severity
from intake.recording import Circumstances, Scribe, Written
from intake.sheet import Row, Sheet
from projections.runner import position_of

ATTEMPTS = 50
"""How often something is decided again because somebody else was first; each time somebody else got on."""

Decided = TypeVar("Decided")
RecordedRows = Callable[[Sheet, Sequence[tuple[str, ...]]], Mapping[tuple[str, ...], Recorded]]


def decided(ledger: Ledger, decide: Callable[[], Decided]) -> Decided:
    """What `decide` gives, decided against the ledger as it stands, and again whenever somebody else was first.

    Raises:
        Refused: what `decide` refuses; `E-CONFLICT` when others were always first.
    """
    for _ in range(ATTEMPTS):
        try:
            ledger.project()  # the alerts are whoever's who follows: who waits at the counter need not wait for them
            return decide()
        except Refused as refused:
            if refused.code != "E-CONFLICT" or refused.more.get("stale"):
                raise
            conflict = refused
    raise conflict


class Hand:
    """Rows of one sheet in one person's hand."""

    def __init__(self, ledger: Ledger, sheet: Sheet, actor: Actor, *, recorded: RecordedRows | None = None) -> None:
        """Write rows of `sheet`; `recorded` tells what stands under their keys, by default as for a workbook."""
        self._ledger = ledger
        self._sheet = sheet
        self._actor = actor
        with ledger.engine.connect() as connection:
            self._known_to = position_of(connection, BookName.MONEY)
        known = LedgerKnown(ledger)
        self._check = Check(
            Checked(known, recorded or (lambda of, keys: recorded_rows(ledger, of, keys, known)), self._content)
        )

    @property
    def known(self) -> Any:
        """What may be referred to."""
        return self._check.known

    def fate_of(self, *rows: Mapping[str, Stated]) -> Fate:
        """What becomes of `rows`.

        Raises:
            Refused: the first error's code, with all `problems`, when one cannot be recorded.
        """
        fate = self._check.fate_of(read_entries(self._sheet, rows, today=self._ledger.today))
        if fate.refused:
            raise refusal(self._sheet, fate.problems)
        return fate

    def written(self, fate: Fate) -> list[Written]:
        """The events of the rows that are new or changed; the vault is written before the ledger."""
        ledger = self._ledger
        scribe = Scribe(self._sheet, ledger.vault, known=self._check.known, randomness=ledger.salts)
        given = Circumstances(
            recorded_at=instant(ledger.clock()),
            actor=self._actor.staff_no,
            package_id=f"HAND-{ledger.today}",
            as_of=ledger.today,
            file_sha256=None,
        )
        return scribe.write(fate.to_record, given)

    def placed(self, written: Sequence[Written]) -> list[Placed]:
        """Each event at the next version of its stream.

        Raises:
            Refused: `E-CONFLICT` where the stream has grown since the rows were checked.
        """
        return [self._placed(one) for one in written]

    def _placed(self, one: Written) -> Placed:
        stream = self._ledger.stream(one.thing.kind, *one.thing.key)
        latest = self._ledger.money.latest([stream]).get(stream) if one.follows else None
        if latest is not None and latest.position > self._known_to:
            raise Refused(
                "E-CONFLICT",
                why=f"Position {latest.position} came to this stream while the row was checked.",
                remedy="Read again what is there, and repeat.",
            )
        return Placed(stream, latest.version + 1 if latest else 1, one.event)

    def _content(self, sheet: Sheet, row: Row) -> str:
        return self._ledger.digest(content_of(sheet, row))


def seal(ledger: Ledger, placed: Sequence[Placed]) -> range:
    """Append together, and then tell of persons who may be one; gives the positions of what is `placed`.

    Raises:
        Refused: `E-CONFLICT` when a version is taken; `E-SCHEMA` when an entry cannot hold what is stated.
    """
    try:
        positions = ledger.append(BookName.MONEY, placed)
    except (msgspec.ValidationError, NotAnEntry) as error:
        raise Refused(
            "E-SCHEMA",
            field="row",
            why="Something is stated that an entry cannot hold: a text too long, or an odd character.",
            remedy="Shorten the texts, and leave out control characters.",
        ) from error
    tell_likenesses(ledger)
    return positions


def refuse_stale(version: int | None, now: int, what: str) -> None:
    """Refuse a command that was given on another version of a thing than the one that stands.

    Raises:
        Refused: `E-CONFLICT`, with both versions.
    """
    if version is None or version == now:
        return
    raise Refused(
        "E-CONFLICT",
        field="version",
        value=str(version),
        why=f"{what} stands at version {now}; the command was given on version {version}.",
        remedy="Read again what is there, and repeat.",
    ).telling(stale=True)


def refusal(sheet: Sheet, problems: Sequence[Problem]) -> Refused:
    """The refusal of rows, by the first error, with everything that is wrong with them."""
    first = next(one for one in problems if one.severity is Severity.ERROR)
    return Refused(
        first.code, field=first.column or sheet.key, value=first.value, why=first.message, remedy=first.remedy
    ).telling(problems=told(problems))


def refuse_set_aside(sheet: Sheet, problems: Sequence[Problem], codes: frozenset[str] | None = None) -> None:
    """Refuse a row that a workbook's would be set aside for: a hand can mend it at once (DOMAIN §2).

    codes: only these; None: whatever sets aside, which is what an intent must not have.

    Raises:
        Refused: the first one's code, with all of them as errors.
    """
    aside = [one for one in problems if one.severity is Severity.QUARANTINE and (codes is None or one.code in codes)]
    if aside:
        raise refusal(sheet, [replace(one, severity=Severity.ERROR) for one in aside])


def told(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    """Problems as OUTPUTS §2 prints them."""
    return [one.as_dict() for one in problems]
