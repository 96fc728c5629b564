"""What the pages ask of a ledger, in the shapes of OUTPUTS; and how a ledger answers.

The pages know this protocol and nothing behind it, so that what a page shows in a rare state (a damaged book, a notice
of a hundred lines, a withdrawn alert) can be looked at without making such a ledger.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

from api import alert_lives, reading, spot_checks
from api.alert_cases import AlertCommand, take_step
from api.alert_export import refuse_unless_inspects
from api.ledger import Ledger
from api.notice_heads import NoticeHead, notice_head
from api.pages.people import Details, details
from api.rest.import_desk import ImportDesk, Ticket
from audit.book import Sealed
from domain.event import BookName
from projections.leads import EVERY_LEAD

Shape = dict[str, Any]
"""One JSON object of OUTPUTS."""

HEADS_KEPT = 256
"""Signed heads of notices that are remembered: a page that hangs is asked for often."""


class BookState(NamedTuple):
    """A book as it stands now: `head` is its last link, `root` the RFC 6962 root over all its entries, both in hex."""

    book: str
    origin: str
    size: int
    head: str
    root: str


class Times(NamedTuple):
    """The three times of a history (OUTPUTS §7); None means: today, all, all."""

    as_of: date | None = None
    known_on: date | None = None
    known_at: str | None = None


class Readings(Protocol):
    """What the pages ask."""

    place_name: str

    def size(self) -> int:
        """Entries in the money book."""

    def overview(self) -> Shape:
        """The figures of the five questions, as `projections.overview` tells them; with `size` and `head`."""

    def flow(self) -> Shape:
        """nodes[id, kind, label, amount_fen], edges[from, to, amount_fen, count]: source → programme → village."""

    def notices(self) -> list[Shape]:
        """The notices' headers by number (OUTPUTS §9)."""

    def notice(self, notice_no: str) -> Shape:
        """One notice with its lines, masked (OUTPUTS §9). Raises LookupError."""

    def notice_head(self, notice: Shape) -> NoticeHead | None:
        """The signed head that stands on a notice; None while none covers it."""

    def history(self, subject: str, times: Times) -> Shape:
        """A subject's state and timeline (OUTPUTS §7). Raises LookupError."""

    def details(self, history: Shape) -> Details:
        """Who the people of a household's history are, masked, and what its payments were for."""

    def alerts(self) -> list[Shape]:
        """Every alert (OUTPUTS §9)."""

    def alert_life(self, alert_id: str) -> Shape:
        """One alert, its version, what is possible now, and its life (`api.alert_lives`). Raises LookupError."""

    def alert_words(self, alert_id: str, *, actor: str, why: str) -> Shape:
        """The same with words and numbers, for an inspector; leaves a trace. Raises LookupError, Refused."""

    def leads(self, *, after: tuple[int, str] | None, limit: int) -> list[Shape]:
        """The leads, the highest score first, behind the one `after` (score_ppm, subject)."""

    def take_step(self, command: AlertCommand) -> None:
        """Take a step with an alert. Raises Refused."""

    def rules(self) -> list[Shape]:
        """The rules with what they lack (OUTPUTS §9)."""

    def spot_checks(self) -> list[Shape]:
        """All plans with their stage, newest last."""

    def spot_check(self, plan_id: str) -> Shape:
        """Plan, randomness, seed and sample (OUTPUTS §9). Raises LookupError or Refused."""

    def spot_check_items(self, plan_id: str) -> list[tuple[str, int]]:
        """The frozen population: (id, amount_fen), sorted by id. Raises LookupError."""

    def verification(self) -> Shape | None:
        """The last verification (OUTPUTS §4, with `checked_at`)."""

    def books(self) -> list[BookState]:
        """Both books as they stand now."""

    def entry(self, book: str, position: int) -> Sealed | None:
        """One sealed entry."""

    def file_name(self, sha256: str) -> str | None:
        """The name under which a workbook came."""

    def imports(self) -> list[Shape]:
        """The files that went in, newest first."""

    def take_in(self, uploads: Sequence[tuple[str, bytes]]) -> str:
        """Begin to import files in the background; gives the import's id. Raises Crowded while too many wait."""

    def ticket(self, import_id: str) -> Ticket:
        """An import of the last week. Raises LookupError."""

    def progress(self, import_id: str) -> Shape | None:
        """stage, file, done, of; None once it has ended."""


class LedgerReadings:
    """A ledger's answers. Views are brought up to the books before they are read; `desk` does the imports."""

    def __init__(self, ledger: Ledger, desk: ImportDesk) -> None:
        """Answer for `ledger`."""
        self._ledger = ledger
        self._desk = desk
        self._heads: dict[int, NoticeHead] = {}
        self.place_name = ledger.place_name

    def size(self) -> int:
        """Entries in the money book."""
        return self._ledger.money.head.position

    def overview(self) -> Shape:
        """The figures of the five questions."""
        self._ledger.catch_up()
        return reading.overview(self._ledger)

    def flow(self) -> Shape:
        """Source → programme → village."""
        self._ledger.catch_up()
        return reading.flow(self._ledger)

    def notices(self) -> list[Shape]:
        """The notices' headers."""
        self._ledger.catch_up()
        return reading.notices(self._ledger)

    def notice(self, notice_no: str) -> Shape:
        """One notice with its lines."""
        self._ledger.catch_up()
        return reading.notice(self._ledger, notice_no)

    def notice_head(self, notice: Shape) -> NoticeHead | None:
        """The signed head that stands on a notice: once there is one, it stays the same."""
        last: int | None = notice["size"]
        if last is None:
            return None
        head = self._heads.get(last) or notice_head(self._ledger, last)
        if head is not None:
            if last not in self._heads and len(self._heads) >= HEADS_KEPT:
                self._heads.pop(next(iter(self._heads)), None)
            self._heads[last] = head
        return head

    def history(self, subject: str, times: Times) -> Shape:
        """A subject's state and timeline."""
        self._ledger.catch_up()
        return reading.replay(
            self._ledger, subject, as_of=times.as_of, known_on=times.known_on, known_at=times.known_at
        )

    def details(self, history: Shape) -> Details:
        """Names and numbers, masked; programmes and contracts."""
        return details(self._ledger, history)

    def alerts(self) -> list[Shape]:
        """Every alert."""
        self._ledger.catch_up()
        return reading.alerts(self._ledger)

    def alert_life(self, alert_id: str) -> Shape:
        """One alert and its life."""
        self._ledger.catch_up()
        return alert_lives.life(self._ledger, alert_id)

    def alert_words(self, alert_id: str, *, actor: str, why: str) -> Shape:
        """The same with words and numbers."""
        self._ledger.catch_up()
        refuse_unless_inspects(self._ledger, actor)
        return alert_lives.life(self._ledger, alert_id, actor=actor, reveal=True, why=why)

    def leads(self, *, after: tuple[int, str] | None, limit: int) -> list[Shape]:
        """The leads, the highest score first."""
        self._ledger.catch_up()
        return alert_lives.lead_page(self._ledger, asked=EVERY_LEAD, after=after, limit=limit)

    def take_step(self, command: AlertCommand) -> None:
        """Take a step with an alert."""
        take_step(self._ledger, command)

    def rules(self) -> list[Shape]:
        """The rules with what they lack."""
        return reading.rules(self._ledger)

    def spot_checks(self) -> list[Shape]:
        """The plans with their stage."""
        self._ledger.catch_up()
        return spot_checks.spot_checks(self._ledger)

    def spot_check(self, plan_id: str) -> Shape:
        """Plan, randomness, seed and sample."""
        self._ledger.catch_up()
        return spot_checks.spot_check(self._ledger, plan_id)

    def spot_check_items(self, plan_id: str) -> list[tuple[str, int]]:
        """The frozen population."""
        plan = self.spot_check(plan_id)
        days = {name: date.fromisoformat(value) for name, value in plan["filter"].items() if name.endswith("_day")}
        items = spot_checks.population(self._ledger, plan["filter"] | days, plan["size_position"])
        return [(item.id, item.amount_fen) for item in items]

    def verification(self) -> Shape | None:
        """The last verification."""
        return self._ledger.verification()

    def books(self) -> list[BookState]:
        """Both books as they stand now."""
        return [self._state(name) for name in BookName]

    def entry(self, book: str, position: int) -> Sealed | None:
        """One sealed entry."""
        return self._ledger.book(book).entry(position)

    def file_name(self, sha256: str) -> str | None:
        """The name under which a workbook came."""
        return self._ledger.vault.file_names().get(sha256)

    def imports(self) -> list[Shape]:
        """The files that went in."""
        return reading.imports(self._ledger)

    def take_in(self, uploads: Sequence[tuple[str, bytes]]) -> str:
        """Begin to import files."""
        return self._desk.take_in(uploads, dry_run=False).id

    def ticket(self, import_id: str) -> Ticket:
        """An import of the last week."""
        return self._desk.ticket(import_id)

    def progress(self, import_id: str) -> Shape | None:
        """How far an import is."""
        return self._desk.progress(import_id)

    def _state(self, name: BookName) -> BookState:
        book = self._ledger.book(name)
        head = book.head
        return BookState(name.value, book.origin, head.position, head.link.hex(), book.root(head.position).hex())
