"""Who stands in the sample's workbooks, and whether any of them can be found in some bytes."""

import re
from pathlib import Path
from typing import NamedTuple

from python_calamine import CalamineWorkbook

NUMBER_HEADERS = re.compile(r"证号|卡号|账号|电话|法人证")
NAME_HEADERS = re.compile(r"姓名|户名$|借款人|代办人$|还款人$|审批人|经办人|出纳|法定代表人$|代管人$")
INSTITUTION = re.compile(
    r"政府|财政|公司|合作社|委员会|信用社|银行|专户|中心|局$|所$|办$|村$|社$|厂$|部$|校$|队$|店$|场$|户$|现金"
)
NOBODY = frozenset({"本人"})
"""What is said in the place of a name."""

SHORTEST_NUMBER = 10
OF_THE_TOWNSHIP = re.compile(r"[0-9][0-9 -]{6,}[0-9Xx]")
CHINESE = re.compile(r"[\u3400-\u9fff·]{2,}")


class People(NamedTuple):
    """Names of persons, and their ID numbers, cards and telephones, as the workbooks state them."""

    names: frozenset[str]
    numbers: frozenset[str]

    def found_in(self, content: bytes | str, *, names: bool = True) -> list[str]:
        """Which of them stand in `content`; empty when none does."""
        text = content if isinstance(content, str) else content.decode("utf-8", errors="replace")
        figures = "\n".join(set(OF_THE_TOWNSHIP.findall(text)))
        found = [number for number in self.numbers if number in figures]
        if names:
            words = "\n".join(set(CHINESE.findall(text)))
            found += [name for name in self.names if name in words]
        return sorted(found)


def people_of(folder: Path) -> People:
    """Everybody who stands in the workbooks of `folder`."""
    names: set[str] = set()
    numbers: set[str] = set()
    for path in sorted(folder.glob("*.xlsx")):
        book = CalamineWorkbook.from_path(str(path))
        for title in book.sheet_names:
            rows = book.get_sheet_by_name(title).to_python()
            collect([[str(cell).strip() for cell in row] for row in rows], names, numbers)
    return People(frozenset(names), frozenset(numbers))


def collect(rows: list[list[str]], names: set[str], numbers: set[str]) -> None:
    """Add what the columns of people hold; the header row is the first that has one of them."""
    heading = next((row for row in rows if sum(bool(cell) for cell in row) > 2), [])
    for row in rows[rows.index(heading) + 1 :] if heading else []:
        for header, value in zip(heading, row, strict=False):
            if NUMBER_HEADERS.search(header) and len(value) >= SHORTEST_NUMBER:
                numbers.add(value)
            elif NAME_HEADERS.search(header) and is_a_name(value):
                names.add(value)


def is_a_name(value: str) -> bool:
    """Whether it names a person."""
    return len(value) > 1 and value not in NOBODY and not INSTITUTION.search(value)
