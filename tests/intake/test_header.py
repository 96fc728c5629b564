import pytest

from intake.sheets import SHEETS
from tests.intake.making import DEATHS, PAYMENTS, Line, csv_bytes, example, found, headers, lines, read, xlsx_bytes

LOANS = SHEETS["loans"]
ALLOCATIONS = SHEETS["allocations"]
DIVIDENDS = SHEETS["dividends"]


def payments_with(**changed: str) -> list[Line]:
    """A payment under headers of which some are called otherwise."""
    head = [
        changed.get(column.alias, header) for column, header in zip(PAYMENTS.columns, headers(PAYMENTS), strict=True)
    ]
    return [head, example(PAYMENTS)]


def test_title_rows_blank_rows_and_merged_titles_above_the_header_are_passed_over() -> None:
    rows = [
        ["测试镇2020年死亡名单"],
        ["填报单位：测试镇财政所", "", "日期"],
        [],
        *lines(DEATHS, {}, {"death_on": "2020-04-31"}),
    ]

    table = read("deaths.csv", csv_bytes(rows))

    assert found(table) == [(6, "death_on", "E-DATE")]
    assert [row.number for row in table.rows] == [5, 6]


def test_chinese_and_english_headers_in_any_order_and_case_are_the_same_columns() -> None:
    rows = [
        ["DEATH_ON", "来源", "Id_No", "姓名", "known_on"],
        ["2020-05-06", "民政", "440899195501014137", "测试丙", "2020-05-20"],
    ]

    table = read("deaths.csv", csv_bytes(rows))

    assert found(table) == []
    assert table.rows[0].values["source"] == "民政"


@pytest.mark.parametrize(
    "header", ["金额（元）", "金 额\n(元)", "*金额(元)", "金额/元", "金额（单位：元）", "金额【元】", "金额", "amount"]
)
def test_headers_are_compared_without_blanks_line_breaks_and_full_width_brackets(header: str) -> None:
    if header == "金额【元】":
        header = "金额[元]"

    table = read("subsidy_payments.xlsx", xlsx_bytes(("补贴发放表", payments_with(amount=header))))

    assert found(table) == []
    assert table.rows[0].values["amount"] == 60000


@pytest.mark.parametrize("header", ["金额(万元)", "金额（万元）", "金额/万元", "金额(单位:万元)", "amount(万元)"])
def test_an_amount_is_in_wan_when_its_header_says_so(header: str) -> None:
    rows = payments_with(amount=header)

    table = read("subsidy_payments.csv", csv_bytes(rows))

    assert table.rows[0].values["amount"] == 600_000_000


@pytest.mark.parametrize("header", ["金额(千元)", "金额(亿元)", "金额(百元)"])
def test_another_unit_than_yuan_and_wan_is_refused(header: str) -> None:
    table = read("subsidy_payments.csv", csv_bytes(payments_with(amount=header)))

    assert found(table) == [(None, "amount", "E-UNIT")]
    assert header in table.problems[0].message


def test_a_sheet_whose_paper_leaves_the_unit_open_needs_it_in_the_header() -> None:
    head = [column.header for column in ALLOCATIONS.columns]

    table = read("allocations.csv", csv_bytes([head, example(ALLOCATIONS)]))

    [problem] = table.problems
    assert (problem.column, problem.code, problem.row) == ("amount", "E-UNIT", None)
    assert "金额" in problem.message


def test_the_english_alias_of_money_is_yuan_even_there() -> None:
    head = ["amount" if column.alias == "amount" else column.header for column in ALLOCATIONS.columns]

    assert found(read("allocations.csv", csv_bytes([head, example(ALLOCATIONS)]))) == []


@pytest.mark.parametrize("title", ["单位：万元", "金额单位: 万元", "2020年补贴发放表（万元）"])
def test_a_title_that_says_wan_above_columns_without_unit_refuses_each_of_them(title: str) -> None:
    rows = [[title], *payments_with(amount="金额", rate="标准")]

    table = read("subsidy_payments.csv", csv_bytes(rows))

    assert found(table) == [(None, "rate", "E-UNIT"), (None, "amount", "E-UNIT")]


@pytest.mark.parametrize("title", ["单位：元", "单位：测试镇财政所", "100万元以上资金"])
def test_a_title_that_says_yuan_or_names_an_office_changes_nothing(title: str) -> None:
    assert found(read("subsidy_payments.csv", csv_bytes([[title], *payments_with(amount="金额")]))) == []


def test_a_header_with_its_own_unit_outweighs_the_title() -> None:
    assert found(read("subsidy_payments.csv", csv_bytes([["单位：万元"], *payments_with()]))) == []


def test_a_missing_required_column_refuses_the_file_by_its_chinese_name() -> None:
    rows = [row[:-1] for row in lines(DEATHS, {})]

    table = read("deaths.csv", csv_bytes(rows))

    [problem] = table.problems
    assert (problem.row, problem.column, problem.code) == (None, "source", "E-SCHEMA")
    assert "来源" in problem.message
    assert table.unreadable


def test_a_missing_optional_column_is_no_problem() -> None:
    rows = [row[:-1] for row in lines(PAYMENTS, {})]

    assert found(read("subsidy_payments.csv", csv_bytes(rows))) == []


@pytest.mark.parametrize("again", ["身份证号", "id_no", "身份 证号"])
def test_a_column_that_is_there_twice_refuses_the_file(again: str) -> None:
    rows = [[*row, again if number == 0 else "440899195501014137"] for number, row in enumerate(lines(DEATHS, {}))]

    table = read("deaths.csv", csv_bytes(rows))

    assert found(table) == [(None, "id_no", "E-SCHEMA")]
    assert "B" in table.problems[0].message
    assert "F" in table.problems[0].message


def test_an_unknown_column_is_named_and_kept_out() -> None:
    rows = [[*row, "微信号" if number == 0 else "wx_1"] for number, row in enumerate(lines(DEATHS, {}))]

    table = read("deaths.csv", csv_bytes(rows))

    [problem] = table.problems
    assert (problem.column, problem.code, problem.severity.value) == ("微信号", "W-COLUMN", "warning")
    assert "wx_1" not in table.rows[0].values.values()


def test_other_names_of_a_column_are_accepted_as_the_paper_names_them() -> None:
    for name in ("年度/期", "年度", "期", "period"):
        head = [name if column.alias == "period" else column.header for column in DIVIDENDS.columns]
        assert found(read("dividends.csv", csv_bytes([head, example(DIVIDENDS)]))) == []


@pytest.mark.parametrize("rows", [lines(DEATHS, {}, {})[1:], [["死亡名单"], ["无"]], [["a", "b"], ["c", "d"]]])
def test_a_file_without_a_header_row_is_refused_and_told_what_to_look_for(rows: list[Line]) -> None:
    [problem] = read("deaths.csv", csv_bytes(rows)).problems

    assert (problem.row, problem.column, problem.code) == (None, None, "E-SCHEMA")
    assert "姓名、身份证号" in problem.message


def test_a_header_repeated_on_each_printed_page_is_passed_over() -> None:
    rows = lines(LOANS, {}, {"loan_no": "JJ-0002"})

    table = read("loans.csv", csv_bytes([*rows[:2], rows[0], rows[2]]))

    assert found(table) == []
    assert [row.number for row in table.rows] == [2, 4]
