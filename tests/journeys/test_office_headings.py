"""An office's own headings: `--mapping FILE.toml` (docs/mapping.md)."""

from pathlib import Path

import pytest

from api import importing
from api.importing import Request, import_path
from api.ledger import Ledger
from intake.mapping import read_mapping
from intake.sheets import SHEETS
from tests.intake.making import example, headers
from tests.journeys.commanding import HOUSE, Told, opened, tell
from tests.journeys.making_lists import write_list, write_raw

MAPPING = """
[files]
"死亡名单" = "deaths"

[deaths.columns]
"居民证号" = "身份证号"
"过世日期" = "death_on"

[deaths.values.source]
"派出所" = "公安"

[deaths.constants]
name = "测试甲"
known_on = "2020-03-05"
"""
OWN = ("居民证号", "过世日期", "来源")
IDS = ("440899196803051173", "440899197109222264", "440899195001010017")


class PowerCut(BaseException):
    """What ends an import in the middle."""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return opened(tmp_path / "ledger")


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A list as the office keeps it: its own name, headings and words, and no column for the name."""
    return write_raw(tmp_path / "office", "死亡名单", [OWN, *((number, "2020-03-01", "派出所") for number in IDS)])


def mapping_file(folder: Path, text: str = MAPPING) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


def imported(ledger: Path, package: Path, mapping: Path | None, *options: str) -> Told:
    named = ("--mapping", str(mapping)) if mapping else ()
    return tell(ledger, "import", str(package), *named, "--json", *options)


def test_a_list_under_the_offices_own_name_headings_and_words_is_read_like_ours(
    ledger: Path, office: Path, tmp_path: Path
) -> None:
    told = imported(ledger, office, mapping_file(tmp_path / "own"))

    assert told.status == 0, told.err + told.out
    [file] = told.json["files"]
    assert (file["key"], file["rows_taken"], file["problems"]) == ("deaths", 3, [])
    rows = tell(ledger, "facts", "deaths", "--reveal").lines
    assert [row["id_no"] for row in rows] == list(IDS)
    assert {(row["source"], row["death_on"], row["name"]) for row in rows} == {("公安", "2020-03-01", "测试甲")}
    completed = [line["state"] for line in tell(ledger, "events").lines if line["topic"] == "import-completed/v1"]
    with Ledger.open(ledger) as asked:
        name, data = asked.vault.file(completed[0]["mapping_sha256"]) or ("", b"")
    assert (name, data.decode()) == ("mapping.toml", MAPPING)


def test_without_the_mapping_the_list_is_unknown_and_a_dry_run_with_it_records_nothing(
    ledger: Path, office: Path, tmp_path: Path
) -> None:
    unknown = imported(ledger, office, None)
    dry = imported(ledger, office, mapping_file(tmp_path / "own"), "--dry-run")

    assert (unknown.status, unknown.json["size"]) == (1, 1)
    assert (dry.status, dry.json["files"][0]["rows_taken"], dry.json["size"]) == (0, 3, 1)


def test_the_same_file_by_the_same_mapping_is_unchanged_and_by_another_is_read_again(
    ledger: Path, office: Path, tmp_path: Path
) -> None:
    other = MAPPING.replace('name = "测试甲"', 'name = "测试乙"')
    first = imported(ledger, office, mapping_file(tmp_path / "own"))

    again = imported(ledger, office, mapping_file(tmp_path / "own"))
    by_another = imported(ledger, office, mapping_file(tmp_path / "other", other))

    assert first.json["files"][0]["outcome"] == "taken"
    assert again.json["files"][0]["outcome"] == "unchanged"
    assert by_another.json["files"][0]["outcome"] == "refused"
    assert {problem["code"] for problem in by_another.json["files"][0]["problems"]} == {"E-DUP"}


def test_an_interrupted_import_is_rolled_forward_by_the_mapping_with_which_it_was_begun(
    ledger: Path, office: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 1)
    mapping = read_mapping("mapping.toml", MAPPING.encode())

    def cut(stage: str, *_: object) -> None:
        if stage == "record":
            raise PowerCut

    with Ledger.open(ledger) as broken, pytest.raises(PowerCut):
        import_path(broken, office, Request(progress=cut, mapping=mapping))
    noticed = tell(ledger, "facts", "deaths", "--reveal")

    assert "An interrupted import was completed." in noticed.err
    assert [row["id_no"] for row in noticed.lines] == list(IDS)


def test_a_mapping_leaves_what_it_does_not_name_as_it_is(ledger: Path, tmp_path: Path) -> None:
    ours = write_list(tmp_path / "ours", "deaths", {"id_no": IDS[0]})
    theirs = write_raw(tmp_path / "ours", "payroll", [headers(SHEETS["payroll"]), example(SHEETS["payroll"])])

    told = imported(ledger, ours.parent, mapping_file(tmp_path / "own"))
    again = imported(ledger, theirs, None)

    assert told.status == 0, told.err + told.out
    assert {file["outcome"] for file in told.json["files"]} == {"taken"}
    assert again.json["files"][0]["outcome"] == "unchanged"


@pytest.mark.parametrize(
    ("text", "code", "why"),
    [
        ("[deaths", "E-FILE", "is no TOML in UTF-8"),
        ("[nowhere.columns]\n", "E-SCHEMA", "The mapping's nowhere names the sheet nowhere, which is none"),
        ('[files]\n"名单" = "nowhere"\n', "E-SCHEMA", "The mapping's files.名单 names the sheet nowhere"),
        ('[deaths.columns]\n"证号" = "nothing"\n', "E-SCHEMA", "deaths.columns.证号 names the column nothing"),
        ('[deaths.columns]\n"来源" = "id_no"\n', "E-SCHEMA", "deaths.columns.来源 is the heading of 来源 already"),
        (
            '[subsidy_payments.values.pay_kind]\n"补" = "再发"\n',
            "E-SCHEMA",
            "subsidy_payments.values.pay_kind.补 becomes 再发",
        ),
        ('[deaths.constants]\ndeath_on = "someday"\n', "E-SCHEMA", "deaths.constants.death_on cannot be read"),
        ("[deaths.constants]\nname = true\n", "E-SCHEMA", "deaths.constants.name is no text"),
        ("[deaths.headings]\n", "E-SCHEMA", "deaths.headings is no part of a mapping"),
        ('deaths = "死亡"\n', "E-SCHEMA", "deaths is no table"),
    ],
)
def test_what_a_mapping_says_wrongly_is_named_by_its_key_and_nothing_is_imported(
    ledger: Path, office: Path, tmp_path: Path, text: str, code: str, why: str
) -> None:
    told = imported(ledger, office, mapping_file(tmp_path / "own", text))

    assert (told.status, told.err.split(":")[0]) == (2, code)
    assert why in told.err
    assert tell(ledger, "doctor").status == 0


def test_a_column_that_the_file_has_is_read_from_it_and_not_from_the_constant(ledger: Path, tmp_path: Path) -> None:
    rows = [(*OWN, "姓名"), (IDS[0], "2020-03-01", "公安", "测试丙")]
    package = write_raw(tmp_path / "office", "死亡名单", rows)

    imported(ledger, package, mapping_file(tmp_path / "own"))

    assert [row["name"] for row in tell(ledger, "facts", "deaths", "--reveal").lines] == ["测试丙"]


def test_the_example_of_the_documentation_is_a_mapping_that_reads() -> None:
    page = (HOUSE / "docs" / "mapping.md").read_text(encoding="utf-8")
    example_in_page = page.split("```toml\n")[1].split("```")[0]

    mapping = read_mapping("mapping.toml", example_in_page.encode())

    changed = {key for key, sheet in mapping.sheets.items() if sheet is not SHEETS[key]}
    assert changed == {"roster", "subsidy_payments"}
