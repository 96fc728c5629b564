import pytest

from intake.reading.csv_text import encoding_of, records
from intake.reading.fault import Unreadable
from tests.intake.making import DEATHS, csv_bytes, found, lines, read, read_deaths

ROWS = lines(DEATHS, {"name": "𠮷峰"}, {"id_no": "440899197109222264"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_encoding_that_is_read_gives_the_same_rows(encoding: str) -> None:
    table = read("deaths.csv", csv_bytes(ROWS, encoding=encoding))

    assert found(table) == []
    assert [row.values["name"] for row in table.rows] == ["𠮷峰", "测试丙"]


@pytest.mark.parametrize(
    ("delimiter", "encoding"), [(";", "utf-8"), ("\t", "utf-8"), ("\t", "utf-16"), (";", "gb18030")]
)
def test_semicolons_and_tabs_are_read_when_the_headers_are_found_under_them(delimiter: str, encoding: str) -> None:
    table = read("deaths.csv", csv_bytes(ROWS, delimiter=delimiter, encoding=encoding))

    assert found(table) == []
    assert len(table.rows) == 2


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_may_end_as_on_any_system(ending: str) -> None:
    data = ending.join(",".join(map(str, row)) for row in ROWS).encode()

    assert len(read("deaths.csv", data).rows) == 2


def test_a_row_is_a_record_so_line_breaks_quotes_and_commas_inside_cells_do_not_count() -> None:
    table = read_deaths({"source": '第一行\n第二行,"引号"\n第三行'}, {"death_on": "2020-02-30"})

    assert found(table) == [(3, "death_on", "E-DATE")]
    assert table.rows[0].values["source"] == '第一行\n第二行,"引号"\n第三行'


def test_a_record_that_stops_early_lacks_its_cells() -> None:
    data = csv_bytes([*ROWS[:2], ["测试丁", "440899198307305284"]])

    table = read("deaths.csv", data)

    assert found(table) == [(3, alias, "E-SCHEMA") for alias in ("death_on", "known_on", "source")]


def test_a_record_with_more_filled_cells_than_headers_refuses_the_file_by_its_row() -> None:
    table = read("deaths.csv", csv_bytes([*ROWS[:2], [*ROWS[1], "多一列"]]))

    [problem] = table.problems
    assert (problem.row, problem.code, problem.severity.value) == (3, "E-SCHEMA", "error")
    assert "6" in problem.message
    assert "5" in problem.message
    assert table.refused


def test_empty_cells_at_the_ends_and_lines_of_commas_are_nothing() -> None:
    padded = [[*row, "", "", ""] for row in ROWS] + [[""] * 8] * 3

    table = read("deaths.csv", csv_bytes(padded))

    assert found(table) == []
    assert len(table.rows) == 2


@pytest.mark.parametrize(
    "row", ['"测试丁,440899198307305284,2020-05-06,2020-05-20,民政', '"测试丁"x,440899198307305284,,,']
)
def test_a_quote_that_is_not_closed_refuses_the_file_at_its_record(row: str) -> None:
    data = csv_bytes(ROWS[:2]) + row.encode() + b"\r\n" + csv_bytes(ROWS[1:])

    table = read("deaths.csv", data)

    assert found(table) == [(3, None, "E-FILE")]
    assert table.rows == []


def test_bytes_that_are_neither_utf8_nor_gb18030_are_refused() -> None:
    table = read("deaths.csv", csv_bytes(ROWS) + b"\xff\xff\x80")

    assert found(table) == [(None, None, "E-FILE")]


def test_a_text_in_another_encoding_that_only_looks_like_one_is_refused_for_want_of_headers() -> None:
    table = read("deaths.csv", csv_bytes([["姓名", "死亡日期", "來源"]], encoding="big5"))

    assert found(table) in ([(None, None, "E-SCHEMA")], [(None, None, "E-FILE")])


@pytest.mark.parametrize("data", [b"", b"\n\n  \n"])
def test_a_file_of_nothing_is_refused_as_empty(data: bytes) -> None:
    [problem] = read("deaths.csv", data).problems

    assert problem.code == "E-FILE"
    assert "empty" in problem.message


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest", b"%PDF-1.7"])
def test_a_workbook_called_csv_is_refused_by_what_it_is(data: bytes) -> None:
    with pytest.raises(Unreadable, match="no CSV text"):
        encoding_of(data)


def test_a_nul_is_an_error_at_its_row_and_the_other_rows_are_read() -> None:
    table = read_deaths({"name": "测试\x00丙"}, {})

    assert found(table) == [(2, "name", "E-SCHEMA")]
    assert len(table.rows) == 2


def test_a_field_longer_than_the_usual_limit_of_the_parser_is_still_one_field() -> None:
    [[field]] = list(records(b"x" * 200_000, "utf-8", ","))

    assert len(field) == 200_000


@pytest.mark.parametrize(
    "endless", [b"a," * 2_000_000, b"x" * 5_000_000, b'"' + b"x,\n" * 2_000_000, b'a,"\n",' * 300_000 + b"b"]
)
def test_a_record_without_an_end_stops_the_reading_long_before_the_end_of_the_file(endless: bytes) -> None:
    with pytest.raises(Unreadable, match="record 2 is not closed, or the record has no end"):
        list(records(b"first\n" + endless, "utf-8", ","))
