"""Acceptance 4: nobody of the sample can be read out of the ledger, the views, an output or a message."""

from pathlib import Path

import pytest

from api.ledger import Ledger
from tests.journeys.commanding import SAMPLE, Told, tell, tell_apart
from tests.journeys.conftest import Recorded
from tests.journeys.finding_people import People, people_of

OPEN_FILES = ("money.db", "supervision.db", "views.db", "verification.json", "ledger.toml")
ANSWERS = (
    ("balances", "--json"),
    ("balances",),
    ("alerts", "export"),
    ("alerts", "export", "--format", "csv"),
    ("alerts", "list"),
    ("rules", "list", "--json"),
    ("rules", "run"),
    ("replay", "household:H-0001", "--json"),
    ("replay", "household:H-0001"),
    ("replay", "loan:JJ-0001", "--json"),
    ("notices", "list", "--json"),
    ("spot-check", "plan", "SC-1", "-n", "20", "--json"),
    ("spot-check", "draw", "SC-1", "--randomness", "DICE:1,2,3", "--json"),
    ("spot-check", "verify", "SC-1", "--json"),
    ("verify", "--json"),
    ("doctor", "--json"),
    ("rebuild",),
    ("import", str(SAMPLE), "--json"),
    ("import", str(SAMPLE), "--dry-run"),
    ("facts", "nonsense"),
    ("replay", "household:H-999999"),
    ("events", "--json"),
    ("events", "--book", "supervision"),
)


@pytest.fixture(scope="module")
def people() -> People:
    return people_of(SAMPLE)


def everything(told: Told) -> str:
    return told.out + told.err


def reveals(ledger: Path) -> list[dict[str, object]]:
    lines = tell(ledger, "events", "--book", "supervision").lines
    return [line["state"] for line in lines if line["topic"] == "personal-data-revealed/v1"]


def test_the_sample_has_people_to_be_found(people: People) -> None:
    assert len(people.names) > 1_000
    assert len(people.numbers) > 2_000
    some = sorted(people.numbers)[7], sorted(people.names)[7]
    assert people.found_in(f"前{some[0]}后，{some[1]}来过") == sorted(some)


def test_the_import_of_the_sample_names_nobody(recorded: Recorded, people: People) -> None:
    assert recorded.told.status == 0, recorded.told.err

    assert people.found_in(everything(recorded.told)) == []


def test_the_bytes_of_both_books_and_of_the_views_hold_nobody(recorded: Recorded, people: People) -> None:
    tell(recorded.ledger, "project")
    files = [path for path in recorded.ledger.iterdir() if path.is_file() and path.name.startswith(OPEN_FILES)]

    found = {path.name: people.found_in(path.read_bytes()) for path in files}

    assert {"money.db", "supervision.db", "views.db"} <= set(found)
    assert {name: leaked for name, leaked in found.items() if leaked} == {}


def test_the_vault_holds_everybody_as_ciphertext_only(recorded: Recorded, people: People) -> None:
    content = b"".join(path.read_bytes() for path in recorded.ledger.glob("vault.db*"))

    assert people.found_in(content, names=False) == []
    assert [name for name in people.names if name.encode() in content and len(name) > 2] == []


def test_no_answer_and_no_message_names_anybody_unless_asked_to_reveal(township: Path, people: People) -> None:
    leaked = {}
    for arguments in ANSWERS:
        found = people.found_in(everything(tell(township, *arguments)))
        if found:
            leaked[" ".join(arguments)] = found
    assert leaked == {}


def test_no_fact_table_names_anybody_unless_asked_to_reveal(township: Path, people: People) -> None:
    tables = [table["name"] for table in tell(township, "facts", "list", "--json").json]

    told = {name: everything(tell(township, "facts", name)) for name in tables}

    assert len(tables) > 10
    assert {name: people.found_in(text) for name, text in told.items() if people.found_in(text)} == {}


def test_a_notice_names_adults_in_full_minors_by_surname_and_no_number(township: Path, people: People) -> None:
    published = tell(township, "notices", "publish", "高龄津贴", "2020-03")
    notice_no = published.out.strip()

    told = tell(township, "notices", "show", notice_no, "--json")

    assert published.status == 0, published.err
    assert people.found_in(told.out, names=False) == []
    assert {line["name"] for line in told.json["lines"]} <= people.names
    assert all(line["id_no"][6:14] == "********" and line["id_no"].endswith("**") for line in told.json["lines"])
    for other in (tell(township, "notices", "list", "--json"), tell(township, "facts", "payments")):
        assert people.found_in(everything(other)) == []


def test_a_notice_prints_the_surname_only_of_those_under_eighteen(township: Path) -> None:
    programmes = {line["programme"] for line in tell(township, "facts", "payments").lines}
    [orphans] = [name for name in programmes if name and "孤儿" in name][:1]
    periods = {line["period"] for line in tell(township, "facts", "payments").lines if line["programme"] == orphans}

    notice_no = tell(township, "notices", "publish", orphans, min(periods)).out.strip()
    notice = tell(township, "notices", "show", notice_no, "--json").json
    numbers = ids_behind(township, notice_no)

    printed_on = int(notice["from"].replace("-", ""))
    ages = {line_no: (printed_on - int(number[6:14])) // 10_000 for line_no, number in numbers.items()}
    assert min(ages.values()) < 18
    for line in notice["lines"]:
        assert line["name"].endswith("某某") is (ages[line["line_no"]] < 18)


def ids_behind(ledger: Path, notice_no: str) -> dict[int, str]:
    """The ID behind each printed line, as the vault knows it."""
    states = [line["state"] for line in tell(ledger, "events").lines if line["topic"] == "notice-line-posted/v1"]
    refs = {state["line_no"]: state["id_no"] for state in states if state["notice_no"] == notice_no}
    with Ledger.open(ledger) as opened:
        numbers = opened.vault.numbers(refs.values())
    return {line_no: numbers[ref] for line_no, ref in refs.items()}


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (("facts", "loans"), "facts loans"),
        (("alerts", "export"), "alerts"),
        (("replay", "household:H-0001", "--json"), "replay"),
    ],
)
def test_each_revealing_command_shows_the_workbooks_values_and_leaves_one_trace(
    township: Path, people: People, arguments: tuple[str, ...], where: str
) -> None:
    before = reveals(township)

    told = tell(township, *arguments, "--reveal", "--why", "信访核查")

    traces = reveals(township)[len(before) :]
    assert told.status == 0, told.err
    assert [(trace["where"], trace["why"]) for trace in traces] == [(where, "信访核查")]
    assert people.found_in(told.out, names=False)
    assert people.found_in(told.err) == []


def test_a_revealed_table_prints_what_stands_in_the_workbook(township: Path, people: People) -> None:
    told = tell(township, "facts", "loans", "--reveal").lines

    assert told
    for line in told:
        assert {line["borrower_name"], line["holder_name"]} <= people.names
        assert {line["id_no"], line["disbursement_account"]} <= people.numbers


def test_a_person_is_asked_for_on_standard_input_and_shown_by_reference(township: Path, people: People) -> None:
    number = tell(township, "facts", "loans", "--reveal").lines[0]["id_no"]
    ask = f"import sys, io; sys.stdin = io.StringIO('{number}\\n')"

    told = tell_apart(township, "replay", "person:-", "--json", before=ask)

    assert told.status == 0, told.err
    assert told.json["subject"].startswith("person:P-")
    assert people.found_in(everything(told)) == []


def test_a_refused_row_is_shown_with_its_numbers_masked(township: Path, people: People, tmp_path: Path) -> None:
    payment = tell(township, "facts", "payments", "--reveal").lines[0]
    heads = "项目名称,所属期,姓名,身份证号,村,金额(元),开户行,卡号,户名,审批人,经办人,发放日期,流水号"
    row = f"{payment['programme']},2020Q1,陈,{payment['id_no']}1,测试一村,x,银行,{payment['account_no']},陈,甲,乙,x,R-1"
    (tmp_path / "list").mkdir()
    (tmp_path / "list" / "subsidy_payments.csv").write_text(f"{heads}\n{row}\n", encoding="utf-8")

    told = [tell(township, "import", str(tmp_path / "list"), *how) for how in ((), ("--json",), ("--dry-run",))]

    assert [one.status for one in told] == [1, 1, 1]
    assert [people.found_in(everything(one)) for one in told] == [[], [], []]
