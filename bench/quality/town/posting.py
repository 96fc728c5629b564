"""Notices: what is posted before money is paid, and announced afterwards."""

from datetime import date
from typing import Any

from bench.quality.town.book import Row
from bench.quality.town.township import YEAR, Township

NEW_NUMBER, COMING_OF_AGE = 18, 18_00_00
"""Digits of a number that shows the century; 18 years as a difference of dates written YYYYMMDD."""

BOARD = {"村": "村务公开栏", "镇": "镇政务公开栏", "县": "县政府网站"}


def post(town: Township, subject_kind: str, from_: date, until: date, **stated: Any) -> Row:
    """A row of 公示台账: posted beforehand on the village's board."""
    told = {
        "notice_no": town.number("GS", 4),
        "level": "村",
        "kind": "公示",
        "subject_kind": subject_kind,
        "from": from_,
        "until": until,
    }
    row = Row("notices", **(told | stated))
    row.setdefault("place", BOARD[row["level"]])
    return town.book.append(row)


def line(town: Township, notice: Row, number: int, payment: Row, **stated: Any) -> Row:
    """A row of 公示明细 for a payment."""
    told = {
        "notice_no": notice["notice_no"],
        "line_no": number,
        "village": payment.get("village"),
        "household_no": payment.get("household_no"),
        "name": payment["name"],
        "id_no": payment["id_no"],
        "period_from": payment["period"],
        "period_to": payment["period"],
        "amount": payment.get("approved_amount") or payment["amount"],
    }
    row = town.book.add("notice_lines", **(told | stated))
    row.setdefault("printed_text", printed(row, notice["until"]))
    return row


def printed(row: Row, until: date) -> str:
    """The line as it is posted: numbers masked, and the name of whoever is not of age."""
    number, name = row["id_no"], row["name"]
    of_age = len(number) < NEW_NUMBER or int(number[6:14]) + COMING_OF_AGE <= int(f"{until:%Y%m%d}")
    shown = name if of_age else f"{name[0]}某某"
    return f"{shown} {number[:6]}********{number[14:16]}** {row['amount'] / 100:.2f}元"


def object_to(town: Township, kind: str, number: str, filed_on: date, **stated: Any) -> Row:
    """A row of 异议台账."""
    told = {
        "objection_no": f"YY-{YEAR}-{town.ordinal('objection'):03d}",
        "ref_kind": kind,
        "ref_no": number,
        "filed_on": filed_on,
        "content": "询问面积",
        "denial": False,
    }
    return town.book.add("objections", **(told | stated))


def announce(town: Township, subject_kind: str, on: date, until: date, **stated: Any) -> Row:
    """A 公告 of the township: what has happened."""
    return post(town, subject_kind, on, until, **({"kind": "公告", "level": "镇"} | stated))
