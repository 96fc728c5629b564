"""What a notice comes to: its lines, their total, its state (OUTPUTS §6 and §7)."""

from tests.journeys.reading_workbooks import Values
from tests.journeys.recorded_rows import RecordedRows


def notice_figures(rows: RecordedRows, notice: Values, today: str) -> Values:
    """Count and total of the lines of a notice, and its state on a day."""
    lines = [r.values for r in rows.records("notice_lines") if r.values["notice_no"] == notice["notice_no"]]
    total_fen = sum(line["amount_fen"] * periods(line["period_from"], line["period_to"]) for line in lines)
    return {"lines": len(lines), "total_fen": total_fen, "state": notice_state(rows, notice, today)}


def notice_state(rows: RecordedRows, notice: Values, today: str) -> str:
    """`withdrawn` goes before `objection_open`, that before `matured`: after 公示止 with no objection open."""
    if notice["withdrawn_on"] and notice["withdrawn_on"] <= today:
        return "withdrawn"
    if open_objections(rows, notice["notice_no"], today):
        return "objection_open"
    return "matured" if notice["until"] < today else "published"


def open_objections(rows: RecordedRows, notice_no: str, today: str) -> list[str]:
    """The objections to a notice or one of its lines that are open at the end of the day, by number."""
    return sorted(
        row["objection_no"]
        for row in (record.values for record in rows.records("objections"))
        if row["ref_kind"] == "公示" and row["ref_no"].split("#")[0] == notice_no and row["filed_on"] <= today
        if row["resolved_on"] is None or row["resolved_on"] > today
    )


def periods(first: str, last: str | None) -> int:
    """How many periods there are from the first to the last, both counted."""
    return _number(last or first) - _number(first) + 1


def _number(period: str) -> int:
    year, rest = int(period[:4]), period[4:]
    if not rest:
        return year
    return year * 4 + int(rest[1:]) if rest[0] == "Q" else year * 12 + int(rest[1:])
