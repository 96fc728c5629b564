"""The page that a bundle is read by: masked, in both languages, and closed to whatever would be outside of it."""

import re
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest

from api.ledger import Ledger
from api.reports import bundle as report
from api.reports.bundle import BookShown, Reading, Role, told_entries, write_report
from domain.event import BookName
from tests.api.bundling_township import Found, copied, make_township, some

HERE = Path(report.__file__).parent


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_township(tmp_path_factory.mktemp("township"))


@pytest.fixture(scope="module")
def township(books: Path) -> Iterator[Ledger]:
    with Ledger.open(books) as opened:
        opened.catch_up()
        yield opened


def reading_of(found: Found, *, reason: str | None = None) -> Reading:
    return Reading(
        subject=found.subject,
        books=[BookShown("money", "ledger.test/money", 100, "ab" * 32, 0)],
        roles=[Role(BookName.MONEY, "about", found.positions)],
        complete_to=99,
        sealed_at=100,
        counted=len(found.positions),
        later=0,
        reason=reason,
    )


def page_of(ledger: Ledger, reading: Reading) -> str:
    written = BytesIO()
    write_report(ledger, reading, written)
    return written.getvalue().decode()


def test_the_page_tells_every_entry_under_the_headings_of_its_workbook(township: Ledger) -> None:
    found = some(township, "household", least=3)

    page = page_of(township, reading_of(found))

    assert page.count("<article>") == len(found.positions)
    assert "<dt>户编号</dt>" in page
    assert "姓名、证号、账号、电话已遮盖" in page
    assert "Names, ID, account and telephone numbers are masked" in page


def test_the_page_runs_no_script_and_asks_for_nothing_outside(township: Ledger) -> None:
    page = page_of(township, reading_of(some(township, "household")))

    assert "default-src 'none'" in page
    assert not re.search(r"<script|<img|<link|<iframe|https?://|@import|url\(", page)


def test_names_are_masked_and_other_sealed_words_are_not_shown(township: Ledger) -> None:
    found = some(township, "household")

    masked = list(told_entries(township, reading_of(found)))
    revealed = list(told_entries(township, reading_of(found, reason="a test")))

    names = [
        (dict(one["fields"]).get("姓名"), dict(two["fields"]).get("姓名"))
        for one, two in zip(masked, revealed, strict=True)
    ]
    assert [(hidden, shown) for hidden, shown in names if shown and hidden != f"{shown[0]}某某"] == []
    assert any(shown for _, shown in names)
    assert not any("（密封）" in str(entry["fields"]) for entry in revealed)


def test_with_many_entries_only_their_headings_are_listed(township: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "MOST_IN_FULL", 2)
    found = some(township, "household", least=3)

    page = page_of(township, reading_of(found))

    assert page.count("<article>") == len(found.positions)
    assert f"There are {len(found.positions)}; only their headings" in page
    assert "叶哈希" not in page


def test_of_somebody_who_was_erased_the_page_shows_the_reference_alone(books: Path, tmp_path: Path) -> None:
    with copied(books, tmp_path / "own") as own:
        found = some(own, "person")
        reference = found.subject.partition(":")[2]
        number = own.vault.numbers([reference])[reference]
        own.vault.erase([reference])

        page = page_of(own, reading_of(found, reason="a test"))

    assert f"{found.subject} (（已依法注销）)" in page
    assert number not in page


def test_what_a_subject_is_called_is_never_read_as_markup(township: Ledger) -> None:
    page = page_of(township, reading_of(Found("household:<b>H</b>", []), reason="<script>alert(1)</script>"))

    assert "household:&lt;b&gt;H&lt;/b&gt;" in page
    assert "<script" not in page


def texts(lang: str) -> dict[str, str]:
    told = tomllib.loads((HERE / f"{lang}.toml").read_text(encoding="utf-8"))
    return {f"{group}.{key}": text for group, part in told.items() for key, text in part.items()}


def test_both_languages_of_the_page_have_the_same_texts_and_all_are_used() -> None:
    chinese, english = texts("zh"), texts("en")
    template = (HERE / "bundle.html").read_text(encoding="utf-8") + (HERE / "bundle.py").read_text(encoding="utf-8")

    assert chinese.keys() == english.keys()
    for key, text in chinese.items():
        figures = [{name for _, name, _, _ in Formatter().parse(told) if name} for told in (text, english[key])]
        assert figures[0] == figures[1], key
    unused = [key for key in chinese if key.startswith("report.") and key.partition(".")[2] not in template]
    assert unused == []
