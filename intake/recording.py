"""A checked row becomes one event: references for people, ciphertext for words, everything else as stated.

The vault is written before the ledger: `Scribe.write` refers every number of the rows and lets the vault note whom they
show, then builds the events.
`Scribe.read` is its inverse, so that a row that is sent again can be compared with what was recorded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from domain.event import Event, Source
from intake.appearing import Appearing
from intake.cells.identity import names_an_organisation
from intake.known import Known
from intake.problem import Severity
from intake.sheet import Also, Cell, Column, Row, Sheet, Thing
from vault.vault import ACCOUNT, PACKAGE, PERSON, PHONE, Subject, Vault

IdQuality = Literal["valid", "upgradable", "invalid"]

SALT_BYTES = 16
LONGEST_SEALED = 8_000
"""Characters of one sealed field in an entry; a longer text goes to the vault and its commitment stands here."""

KEPT_IN_VAULT = "#kept"
"""Suffix of a sealed field whose value is the commitment of a long text in the vault."""

OF_THE_ENVELOPE = frozenset({"occurred_on", "known_on"})
"""Columns that are the envelope's own days."""

REFERENCE_KIND = {Cell.ID: PERSON, Cell.ID_OR_USCC: PERSON, Cell.ACCT: ACCOUNT, Cell.PHONE: PHONE}


class Circumstances(NamedTuple):
    """What all events of one file share.

    recorded_at:    instant of the batch.
    actor:          who imports.
    package_id:     tags every event of the package.
    as_of:          the package's 数据截止日, the day of rows without one of their own.
    file_sha256:    the file; None of a row that was entered by hand.
    """

    recorded_at: str
    actor: str
    package_id: str
    as_of: date
    file_sha256: str | None

    def source(self, sheet: Sheet, row: Row) -> Source:
        """Where a row came in."""
        if self.file_sha256 is None:
            return Source(channel="api", sheet=sheet.title)
        return Source(channel="import", file_sha256=self.file_sha256, sheet=sheet.title, row=row.number)


class Written(NamedTuple):
    """An event, and where it stands.

    thing:    that on whose stream it stands.
    follows:  whether the stream may be there already.
    """

    thing: Thing
    event: Event
    follows: bool


class Scribe:
    """Turns rows of one sheet into events and back."""

    def __init__(
        self,
        sheet: Sheet,
        vault: Vault,
        *,
        known: Known,
        randomness: Callable[[int], bytes],
    ) -> None:
        """Write rows of `sheet` with the vault's references."""
        self._sheet = sheet
        self._vault = vault
        self._known = known
        self._randomness = randomness
        self._referring = [
            (column.alias, column.event_field, REFERENCE_KIND[column.kind])
            for column in sheet.columns
            if column.kind in REFERENCE_KIND
        ]
        self._in_clear = {
            column.alias: in_clear(column)
            for column in sheet.columns
            if column.in_clear or column.kind is Cell.ID_OR_USCC
        }
        self._staff = [(column.alias, column.event_field) for column in sheet.columns if column.kind is Cell.STAFF]
        self._plain = [
            (column.alias, column.event_field)
            for column in sheet.columns
            if column.kind not in REFERENCE_KIND
            and column.kind is not Cell.STAFF
            and not column.personal
            and column.alias not in OF_THE_ENVELOPE
        ]
        self._sealable = [
            (column.alias, column.personal or column.kind is Cell.STAFF)
            for column in sheet.columns
            if column.kind not in REFERENCE_KIND
        ]
        self._main_person = next(iter(sheet.persons), None)
        self._appearing = Appearing(sheet)

    def write(self, rows: Sequence[tuple[Row, Mapping[str, Any] | None]], given: Circumstances) -> list[Written]:
        """The events of `rows`, each with what was recorded of it before (None: it is new)."""
        subjects = self._refer([row for row, _ in rows])
        package = self._vault.refer(PACKAGE, [given.package_id])[given.package_id]
        self._vault.note(shown for row, _ in rows for shown in self._appearing.in_row(row, subjects))
        written: list[Written] = []
        for row, before in rows:
            row.as_of = given.as_of
            event_class = self._sheet.becomes(row, before)
            if event_class is not None:
                thing, follows = self._place(row, before)
                event = self._event(row, before, given, subjects, package, event_class)
                written.append(Written(thing, event, follows))
            if before is None and self._sheet.also is not None:
                written.extend(self._further(row, further, given) for further in self._sheet.also(row))
        return written

    def _place(self, row: Row, before: Mapping[str, Any] | None) -> tuple[Thing, bool]:
        """The thing on whose stream the row's event stands, and whether that may be there."""
        stands_on = self._sheet.stands_on
        target = stands_on(row, self._known) if stands_on else None
        if target is not None:
            return target, True
        return Thing(self._sheet.stream_kind, self._sheet.key_of(row)), before is not None

    def _further(self, row: Row, further: Also, given: Circumstances) -> Written:
        event_class = further.event_class
        event = event_class(
            **self._envelope(row, event_class, given, self._sheet.occurred_on(row), self._sheet.known_on(row)),
            **further.fields,
        )
        return Written(further.thing, event, follows=False)

    def read(self, event: Event) -> dict[str, Any]:
        """What a recorded event states, by alias, as `stated_values` gives it for a row."""
        stated: dict[str, Any] = {}
        for column in self._sheet.columns:
            value = None if column.personal else getattr(event, column.event_field, None)
            if value is not None and value != () and column.kind is not Cell.STAFF:
                stated[column.alias] = value
        refs = {alias: stated[alias] for alias, _, _ in self._referring if alias in stated}
        numbers = self._vault.numbers(refs.values())
        stated |= {
            alias: numbers.get(ref, ref if self._stands_in_clear(alias, ref) else None) for alias, ref in refs.items()
        }
        if event.sealed and event.sealed_for:
            [words] = self._vault.open_sealed([(event.sealed_for, event.sealed)])
            for name, word in words.items():
                alias = name.removesuffix(KEPT_IN_VAULT)
                kept = self._vault.long_text(event.sealed_for, word) if alias != name else word
                stated.setdefault(alias, kept)
        return stated

    def _refer(self, rows: Iterable[Row]) -> dict[tuple[str, str], Subject]:
        numbers: dict[str, set[str]] = {PERSON: set(), ACCOUNT: set(), PHONE: set()}
        for row in rows:
            for alias, _, kind in self._referring:
                number = number_in(row, alias)
                if number and not self._stands_in_clear(alias, number):
                    numbers[kind].add(number)
        return {
            (kind, number): subject
            for kind, wanted in numbers.items()
            for number, subject in self._vault.refer(kind, sorted(wanted)).items()
        }

    def _event(
        self,
        row: Row,
        before: Mapping[str, Any] | None,
        given: Circumstances,
        subjects: Mapping[tuple[str, str], Subject],
        package: Subject,
        event_class: type[Event],
    ) -> Event:
        fields, named = self._fields(row, subjects)
        occurred_on, known_on = self._days(row, before)
        main = named.get(self._main_person) if self._main_person else None
        words = self._words(row, main or package)
        return event_class(
            **self._envelope(row, event_class, given, occurred_on, known_on),
            content=row.content,
            commitments={subject.ref: subject.commitment for subject in named.values()} or None,
            sealed=self._vault.seal_for(main or package, words) if words else None,
            sealed_for=(main or package).ref if words else None,
            id_quality=self._id_quality(row),
            quarantine=tuple(
                f"{problem.code}:{problem.column or '-'}"
                for problem in row.problems
                if problem.severity is Severity.QUARANTINE
            ),
            **self._sheet.states,
            **fields,
        )

    def _envelope(
        self, row: Row, event_class: type[Event], given: Circumstances, occurred_on: date | None, known_on: date | None
    ) -> dict[str, Any]:
        sheet = self._sheet
        return {
            "salt": self._randomness(SALT_BYTES).hex(),
            "kind": event_class.KIND,
            "occurred_on": occurred_on or given.as_of,
            "known_on": known_on,
            "recorded_at": given.recorded_at,
            "actor": given.actor,
            "on_behalf_of": row.get(sheet.on_behalf_of) if sheet.on_behalf_of else row.get("village"),
            "source": given.source(sheet, row),
            "correlation_id": given.package_id,
        }

    def _fields(
        self, row: Row, subjects: Mapping[tuple[str, str], Subject]
    ) -> tuple[dict[str, Any], dict[str, Subject]]:
        values = row.values
        fields = {field: values[alias] for alias, field in self._plain if alias in values}
        named: dict[str, Subject] = {}
        for alias, field, kind in self._referring:
            number = number_in(row, alias)
            if number and self._stands_in_clear(alias, number):
                fields[field] = number
            elif number:
                named[alias] = subjects[kind, number]
                fields[field] = named[alias].ref
        for alias, field in self._staff:
            staff_no = self._known.staff_no(str(row.stated(alias)))
            if staff_no:
                fields[field] = staff_no
        if self._sheet.assessed is not None:
            fields |= self._sheet.assessed(row, self._vault)
        if self._sheet.holder and self._main_person:
            fields["holder_matches"] = self._holder_matches(row)
            fields |= self._holder_on_the_staff(row, matches=fields["holder_matches"])
        return fields, named

    def _stands_in_clear(self, alias: str, number: str) -> bool:
        in_clear = self._in_clear.get(alias)
        return in_clear is not None and in_clear(number)

    def _days(self, row: Row, before: Mapping[str, Any] | None) -> tuple[date | None, date | None]:
        if before is not None and self._sheet.when_changed is not None:
            return self._sheet.when_changed(row, before)
        dated_by = self._sheet.dated_by
        return dated_by(row, self._known) if dated_by else self._sheet.occurred_on(row), self._sheet.known_on(row)

    def _words(self, row: Row, subject: Subject) -> dict[str, str]:
        words: dict[str, str] = {}
        for alias, always in self._sealable:
            if not always and alias in row.values:
                continue
            text = str(row.words.get(alias) or row.values.get(alias) or "")
            if len(text) > LONGEST_SEALED:
                words[alias + KEPT_IN_VAULT] = self._vault.keep_text(subject, text)
            elif text:
                words[alias] = text
        return words

    def _holder_matches(self, row: Row) -> bool | None:
        name_alias = self._sheet.persons[self._main_person or ""]
        holder = without_blanks(row.stated(self._sheet.holder or "")) or without_blanks(row.stated(name_alias))
        return holder == without_blanks(row.stated(name_alias)) if holder else None

    def _holder_on_the_staff(self, row: Row, *, matches: bool | None) -> dict[str, str]:
        """Which serving person bears the holder's name, where that is not the payee's; a lead, as names are shared."""
        sheet = self._sheet
        holder = without_blanks(row.stated(sheet.holder or ""))
        staff_no = self._known.staff_no(holder) if sheet.holder_staff and matches is False else None
        return {sheet.holder_staff: staff_no} if sheet.holder_staff and staff_no else {}

    def _id_quality(self, row: Row) -> IdQuality | None:
        if self._main_person is None:
            return None
        if row.problems and any(
            problem.code == "E-ID" and problem.column == self._main_person for problem in row.problems
        ):
            return "invalid"
        number = number_in(row, self._main_person)
        return ("upgradable" if len(number) == 15 else "valid") if number else None  # noqa: PLR2004  first generation


def in_clear(column: Column) -> Callable[[str], bool]:
    """Whether a number in `column` is sealed as it is: a credit code, which is public, or a word for nobody."""
    if column.kind is Cell.ID_OR_USCC:
        return lambda number: number in column.in_clear or names_an_organisation(number)
    return column.in_clear.__contains__


def number_in(row: Row, alias: str) -> str:
    """The number in a referring column as read, or as stated when it failed its check."""
    return str(row.stated(alias))


def without_blanks(name: object) -> str:
    """A name without the blanks that set a short one wide."""
    return "".join(str(name).split())
