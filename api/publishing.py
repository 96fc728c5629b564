"""Publishing a notice: what was paid under a programme for a period, one line a person (DOMAIN §6)."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from msgspec.structs import replace

from api.board import is_minor, refuse_personal_numbers
from api.board_lines import Notice, board_root, sealed_lines
from api.ledger import Ledger, Placed
from api.revealing import words_at
from domain.event import KEEPER, BookName
from domain.notice import NoticeLinePosted, NoticePublished, items_root
from domain.refusal import Refused
from vault.masking import mask_id, mask_name
from vault.vault import Subject

BOARD = "村务公开栏"
DAYS = 10
BATCH = 5_000
LINE_PARTS = ("village", "hamlet", "household_no", "id_no", "standard_fen", "quantity", "amount_fen")


class Announcement(NamedTuple):
    """What is to be announced: a payment list and the days for which it hangs."""

    programme: str
    period: str
    village: str | None
    starts_on: date
    days: int = DAYS


def publish_latest(ledger: Ledger, *, limit: int) -> list[str]:
    """Announce the newest payment lists that hang nowhere yet; gives the notices' numbers."""
    from projections.notices import unpublished

    with ledger.engine.connect() as connection:
        wanted = unpublished(connection)[:limit]
    return [publish(ledger, Announcement(programme, period, None, ledger.today)) for programme, period, *_ in wanted]


def publish(ledger: Ledger, wanted: Announcement, *, actor: str = KEEPER) -> str:
    """Publish one notice; gives its number.

    Raises:
        Refused: `E-REF` when nothing was paid, `E-DUP` when it hangs already, `E-PRIVACY` by PUB-06.
    """
    from projections.notices import payable

    with ledger.engine.connect() as connection:
        lines = payable(connection, wanted.programme, wanted.period, wanted.village)
    if not lines:
        raise Refused(
            "E-REF",
            field="period",
            value=wanted.period,
            why=f"Nothing was paid under {wanted.programme} for {wanted.period} in {wanted.village or 'any village'}.",
            remedy="Check the programme and the period: mingzhang facts payments.",
        )
    notice_no = number_of(wanted)
    stream = ledger.stream("notice", notice_no)
    if ledger.money.latest([stream]):
        raise Refused(
            "E-DUP",
            field="notice_no",
            value=notice_no,
            why=f"Notice {notice_no} is published already.",
            remedy="See it with mingzhang notices show.",
        )
    names = _names(ledger, lines)
    _refuse_personal(ledger, notice_no, lines, names, wanted.starts_on)
    _append(ledger, wanted, notice_no, lines, names, actor)
    ledger.catch_up()
    return notice_no


def number_of(wanted: Announcement) -> str:
    """The notice's number: one payment list has one, so that it cannot be published twice."""
    return "-".join(part for part in ("GG", wanted.period, wanted.programme, wanted.village) if part)


def _names(ledger: Ledger, lines: list[dict[str, Any]]) -> list[str]:
    words = words_at(ledger, [line["position"] for line in lines])
    return [words.get(line["position"], {}).get("name", "") for line in lines]


def _refuse_personal(ledger: Ledger, notice_no: str, lines: list[dict[str, Any]], names: list[str], on: date) -> None:
    numbers = ledger.vault.numbers({line["id_no"] for line in lines})
    refuse_personal_numbers(
        {
            "notice_no": notice_no,
            "lines": [
                {
                    "line_no": line_no,
                    "village": line["village"],
                    "hamlet": line["hamlet"],
                    "name": mask_name(name) if is_minor(numbers.get(line["id_no"]), on) else name,
                    "id_no": mask_id(numbers.get(line["id_no"], "")),
                }
                for line_no, (line, name) in enumerate(zip(lines, names, strict=True), 1)
            ],
        }
    )


def _append(
    ledger: Ledger,
    wanted: Announcement,
    notice_no: str,
    lines: list[dict[str, Any]],
    names: list[str],
    actor: str,
) -> None:
    """Seal the header and its lines; a long list goes in by batches, the header first."""
    header = _header(ledger, wanted, notice_no, lines, actor)
    subjects = ledger.vault.subjects({line["id_no"] for line in lines})
    posted = [
        NoticeLinePosted(
            **ledger.envelope(NoticeLinePosted, actor=actor, occurred_on=wanted.starts_on),
            notice_no=notice_no,
            line_no=line_no,
            programme=wanted.programme,
            period=wanted.period,
            payment_refs=tuple(line["payment_refs"]),
            **{part: line[part] for part in LINE_PARTS},
            **_sealed_name(ledger, subjects.get(line["id_no"]), name),
        )
        for line_no, (line, name) in enumerate(zip(lines, names, strict=True), 1)
    ]
    posted = sealed_lines(ledger, Notice(wanted.programme, wanted.starts_on), posted)
    header = replace(header, board_root=board_root(posted))
    placed = [Placed(ledger.stream("notice", notice_no), 1, header)]
    placed += (Placed(ledger.stream("notice-line", notice_no, str(line.line_no)), 1, line) for line in posted)
    for begin in range(0, len(placed), BATCH):
        ledger.append(BookName.MONEY, placed[begin : begin + BATCH])


def _header(
    ledger: Ledger, wanted: Announcement, notice_no: str, lines: list[dict[str, Any]], actor: str
) -> NoticePublished:
    """The header: what was paid from which documents, and the root over the lines."""
    from projections.notices import funding

    with ledger.engine.connect() as connection:
        fund = funding(connection, wanted.programme, wanted.period, wanted.village)
    return NoticePublished(
        **ledger.envelope(NoticePublished, actor=actor, occurred_on=wanted.starts_on),
        notice_no=notice_no,
        level="村" if wanted.village else "镇",
        notice_kind="公告",
        stage="事后",
        subject_kind="补贴",
        title=f"{ledger.place_name}{wanted.village or ''}{wanted.programme}（{wanted.period}）发放公告",
        programme=wanted.programme,
        period=wanted.period,
        village=wanted.village,
        basis_doc=fund["basis_doc"],
        fund_source=fund["fund_source"],
        fund_fen=fund["fund_fen"],
        implementer=fund["implementer"],
        place=BOARD,
        starts_on=wanted.starts_on,
        until=wanted.starts_on + timedelta(days=wanted.days),
        line_count=len(lines),
        items_root=items_root([(line_no, line["id_no"], line["amount_fen"]) for line_no, line in enumerate(lines, 1)]),
        total_fen=sum(line["amount_fen"] for line in lines),
    )


def _sealed_name(ledger: Ledger, subject: Subject | None, name: str) -> dict[str, Any]:
    """The payee's name under the payee's own key."""
    if subject is None:
        return {}
    return {
        "commitments": {subject.ref: subject.commitment},
        "sealed": ledger.vault.seal_for(subject, {"name": name}),
        "sealed_for": subject.ref,
    }
