"""What a printed notice shows whole that must be masked, found at intake (DOMAIN §6, PUB-06)."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from intake.sheet import Row
from intake.sheets import SHEETS
from intake.unmasked import shows_a_minor, unmasked_numbers
from vault.vault import Vault

TODAY = date(2021, 3, 31)
ID = "440899196803051173"
OLD_ID = "440899680305117"
CARD = "6299990000000000012"
MINOR = "440899201206143313"
"""Born on 2012-06-14."""


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    opened = Vault(tmp_path / "vault.db", master_key=bytes(range(32)), randomness=os.urandom)
    yield opened
    opened.close()


def assessed(sheet: str, vault: Vault, *, id_no: str = ID, as_of: date | None = TODAY, **words: str) -> dict[str, Any]:
    """What intake says of a row of the sheet whose cells state `words`."""
    says = SHEETS[sheet].assessed
    assert says is not None
    return dict(says(Row(2, {"id_no": id_no}, words=words, as_of=as_of), vault))


@pytest.mark.parametrize(
    ("printed", "kinds"),
    [
        (f"测试甲 {ID} 600.00", ["id_no"]),
        (f"身份证号{ID}，一户", ["id_no"]),
        ("44089919491231018x", ["id_no"]),
        (f"旧证 {OLD_ID}", ["id_no"]),
        ("４４０８９９１９６８０３０５１１７３", ["id_no"]),
        (f"卡号{CARD}", ["account"]),
        ("卡号6299 9900 0000 0000 012", ["account"]),
        ("卡号-6299-9900-0000-0000-012", ["account"]),
        ("电话13900005678", ["mobile"]),
        ("电话+86 13900005678", ["mobile"]),
        ("电话0759-0000001", ["landline"]),
        (f"{ID} {CARD} 13900005678", ["id_no", "account", "mobile"]),
    ],
)
def test_a_number_that_stands_whole_is_told_by_its_kind(printed: str, kinds: list[str]) -> None:
    assert unmasked_numbers(printed, today=TODAY) == kinds


@pytest.mark.parametrize(
    "printed",
    [
        "测试甲 440899********11** 600.00",
        "卡号****0012，电话139****5678",
        "44089919680305117",
        "440899196803051170",
        "440899196813051171",
        "6299990000000000013",
        "合同编号 HT6299990000000000012",
        "合同编号 HT-6299990000000000012",
        "合同编号 HT-13900005678",
        "合同编号 2020050000000000006",
        "合同编号 XM-2020-0759-0000001",
        "统一社会信用代码 93440899MA9999902H",
        "测财农〔2020〕1号，计34,000.00元，2020-05-20至2020-05-30",
        "12317",
        "",
    ],
)
def test_what_is_masked_or_is_no_number_of_a_person_is_passed_over(printed: str) -> None:
    assert unmasked_numbers(printed, today=TODAY) == []


def test_a_date_of_birth_that_has_not_come_is_none_and_without_a_day_may_be_any() -> None:
    before, unknown = (unmasked_numbers(MINOR, today=day) for day in (date(2012, 6, 13), None))

    assert ("id_no" in before, "id_no" in unknown) == (False, True)


@pytest.mark.parametrize(
    ("day", "shown"), [(date(2030, 6, 13), True), (date(2030, 6, 14), False), (date(2012, 6, 13), False), (None, False)]
)
def test_a_minor_is_somebody_under_eighteen_on_the_day(day: date | None, shown: bool) -> None:  # noqa: FBT001  a case
    assert shows_a_minor("测试戊 600.00", "测试戊", MINOR, today=day) is shown


@pytest.mark.parametrize(
    ("printed", "name", "id_no"),
    [
        ("测试某 600.00", "测试戊", MINOR),
        ("测试甲 600.00", "测试甲", ID),
        ("测试甲 600.00", "测试甲", OLD_ID),
        ("测试甲 600.00", "测试甲", "440899200512110"),
        ("测试戊 600.00", "", MINOR),
        ("测试戊 600.00", "测试戊", ""),
        ("测试戊 600.00", "测试戊", "no number"),
    ],
    ids=["masked", "grown up", "old number", "born in 1920", "no name", "no number", "not a number"],
)
def test_whoever_is_masked_grown_up_or_not_known_is_no_minor_shown(printed: str, name: str, id_no: str) -> None:
    assert not shows_a_minor(printed, name, id_no, today=TODAY)


def test_a_line_tells_what_it_shows_and_not_the_words(vault: Vault) -> None:
    told = assessed("notice_lines", vault, id_no=MINOR, name="测试戊", printed_text=f"测试戊 {MINOR} 600.00")

    assert told == {"unmasked": ("id_no", "minor_name")}


def test_a_line_that_is_masked_or_not_stated_tells_nothing(vault: Vault) -> None:
    masked = assessed("notice_lines", vault, name="测试甲", printed_text="测试甲 440899********11** 600.00")

    assert (masked, assessed("notice_lines", vault, name="测试甲")) == ({}, {})


def test_a_notice_may_show_the_telephone_of_its_office_and_no_other_number(vault: Vault) -> None:
    office = assessed("notices", vault, text="监督电话：0759-0000001，12317")
    shown = assessed("notices", vault, text=f"监督电话：0759-0000001，联系人13900005678，{ID}")

    assert (office, shown) == ({}, {"unmasked": ("id_no", "mobile")})


def test_a_row_whose_package_says_no_day_is_still_read(vault: Vault) -> None:
    told = assessed("notice_lines", vault, as_of=None, name="测试甲", printed_text=f"测试甲 {ID}")

    assert told == {"unmasked": ("id_no",)}
