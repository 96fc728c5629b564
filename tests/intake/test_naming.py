import pytest

from intake.naming import key_of_file, key_of_name, titles_of_formats
from intake.sheets import SHEETS

TITLES = titles_of_formats()


@pytest.mark.parametrize(
    "name",
    [
        "roster.xlsx",
        "ROSTER.XLSX",
        "花名册.csv",
        "2020年花名册.xlsx",
        "花名册2020.xls",
        "花名册（2020年度）.xlsx",
        "09-花名册.xlsx",
        "roster (2).xlsx",
        "花名册 - 副本.xlsx",
        "2020Q1 roster.csv",
        "花 名 册.csv",
    ],
)
def test_a_file_is_known_by_its_key_or_title_with_a_year_or_digits_around(name: str) -> None:
    assert key_of_file(name, TITLES) == "roster"


@pytest.mark.parametrize("name", ["subsidy_payments.csv", "Subsidy Payments.csv", "subsidy-payments 2020.csv"])
def test_the_words_of_a_key_may_be_divided_in_any_way(name: str) -> None:
    assert key_of_file(name, TITLES) == "subsidy_payments"


@pytest.mark.parametrize(
    "name",
    [
        "其他台账.csv",
        "花名册填写说明.xlsx",
        "不在花名册人员.xlsx",
        "2020.csv",
        "Sheet1",
        "roster_old_list.csv",
        "花" * 500,
    ],
)
def test_a_name_that_only_contains_a_title_names_no_sheet(name: str) -> None:
    assert key_of_file(name, TITLES) is None


def test_every_sheet_of_formats_is_found_by_its_key_and_by_its_title() -> None:
    for key, title in TITLES.items():
        assert key_of_name(key, TITLES) == key
        assert key_of_name(title, TITLES) == key
        assert key_of_name(f"2020年{title}", TITLES) == key

    assert len(TITLES) == len(SHEETS) == 37


def test_no_title_in_gb18030_is_valid_utf8_so_that_names_in_archives_are_certain() -> None:
    for title in TITLES.values():
        with pytest.raises(UnicodeDecodeError):
            title.encode("gb18030").decode("utf-8")
