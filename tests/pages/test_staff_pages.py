"""What staff see: alerts, histories, entries, imports."""

import hashlib
import re

import pytest
from fastapi.testclient import TestClient

from api.pages.alerts import A_PAGE, page_number, pages
from api.pages.households import times_of
from tests.pages.conftest import SAME_ORIGIN
from tests.pages.example import ALERTS, Township
from tests.pages.test_notice_pages import text_of

# --- alerts ---


def test_the_gravest_alerts_come_first_and_withdrawn_ones_only_when_asked_for(keeper: TestClient) -> None:
    shown = re.findall(r'id="a-([0-9a-f]+)"', keeper.get("/alerts").text)
    withdrawn = re.findall(r'id="a-([0-9a-f]+)"', keeper.get("/alerts?state=withdrawn").text)

    assert shown == [ALERTS[place]["alert_id"] for place in (1, 0, 2, 3, 5)]
    assert withdrawn == [ALERTS[4]["alert_id"]]


def test_severity_is_told_by_a_word_and_a_shape_and_not_by_colour_alone(keeper: TestClient) -> None:
    page = keeper.get("/alerts?lang=en").text

    shapes = {
        severity: re.search(rf'shape-{severity}".*?<(path|circle) ([^>]*)>', page, re.DOTALL)[2]  # type: ignore[index]
        for severity in "ROYB"
    }
    assert len(set(shapes.values())) == 4
    for word in ("Red · act now", "Orange · check soon", "Yellow · watch", "Blue · for information"):
        assert word in page


@pytest.mark.parametrize(("lang", "why"), [("zh", "why_zh"), ("en", "why_en")])
def test_an_alert_says_why_in_the_language_of_the_page(keeper: TestClient, lang: str, why: str) -> None:
    text = text_of(keeper.get(f"/alerts?lang={lang}").text)

    assert ALERTS[0][why] in text
    assert ALERTS[1][why] in text


def test_the_evidence_of_an_alert_is_linked_entry_by_entry_and_none_is_left_out(keeper: TestClient) -> None:
    page = keeper.get("/alerts?rule=FAL-01").text

    assert re.findall(r'href="/events/(\d+)"', page) == [str(position) for position in range(5001, 5030)]
    assert 'href="/households/H-0117"' in page
    assert "¥1,200.00" in page


def test_filters_add_up_and_keep_each_other(keeper: TestClient) -> None:
    page = keeper.get("/alerts?severity=R&rule=DUP-01").text

    assert re.findall(r'id="a-([0-9a-f]+)"', page) == [ALERTS[0]["alert_id"]]
    assert '<option value="DUP-01" selected>' in page
    assert 'href="/alerts?severity=&amp;rule=DUP-01&amp;state="' in page


def test_a_rule_that_cannot_be_judged_is_named_so_that_silence_is_not_cleanliness(keeper: TestClient) -> None:
    text = text_of(keeper.get("/alerts?lang=en").text)

    assert "LNM-01 one account for two borrowers: cannot be judged without 放款资金流向." in text


def test_a_filter_that_finds_nothing_says_so(keeper: TestClient) -> None:
    assert "没有符合条件的疑点" in keeper.get("/alerts?rule=NO-01").text


def test_many_alerts_are_told_page_by_page(keeper: TestClient, township: Township) -> None:
    many = [ALERTS[0] | {"alert_id": f"{number:032x}"} for number in range(A_PAGE + 1)]
    township.alerts = lambda: many  # type: ignore[method-assign]

    first, second = keeper.get("/alerts").text, keeper.get("/alerts?page=2").text

    assert len(re.findall(r'id="a-', first)) == A_PAGE
    assert len(re.findall(r'id="a-', second)) == 1
    assert 'rel="next"' in first
    assert 'rel="prev"' in second


@pytest.mark.parametrize(("asked", "page"), [(None, 1), ("", 1), ("0", 1), ("2", 2), ("99", 3), ("-1", 1), ("二", 1)])
def test_a_page_beyond_the_last_is_the_last_and_nonsense_is_the_first(asked: str | None, page: int) -> None:
    assert pages(101) == 3
    assert page_number(asked, 101) == page


# --- households ---


def test_a_household_shows_what_it_received_and_every_event_the_newest_first(keeper: TestClient) -> None:
    page = keeper.get("/households/H-0001").text
    text = text_of(page)

    assert "累计实得 ¥2,230.28" in text
    assert "贷款余额 ¥50,000.00" in text
    days = re.findall(r'<time class="moment-day" datetime="([\d-]+)"', page)
    assert days == sorted(days, reverse=True)
    assert len(days) == 8
    assert "发放补贴 职业培训补贴" in text
    assert "银行退票" in text
    assert "-¥600.00" in text
    assert "单位 2020-06-24 才得知" in text


def test_people_of_a_household_are_shown_masked_or_by_reference(keeper: TestClient) -> None:
    text = text_of(keeper.get("/households/H-0001").text)

    assert "测某某 440899********11** 户主" in text
    assert "P-0000000000000002 配偶" in text


def test_an_earlier_day_shows_less_and_the_form_remembers_it(keeper: TestClient) -> None:
    page = keeper.get("/households/H-0001?as_of=2020-06-20").text

    assert len(re.findall(r'class="moment-day"', page)) == 5
    assert 'name="as_of" type="date" value="2020-06-20"' in page
    assert "截至 2020年6月20日" in page


def test_a_time_that_is_none_is_marked_and_does_not_count(keeper: TestClient) -> None:
    answer = keeper.get("/households/H-0001?as_of=2020-06-31&known_at=yesterday")

    assert answer.status_code == 422
    assert len(re.findall(r'aria-invalid="true"', answer.text)) == 2
    assert "没有看懂，未采用" in answer.text
    assert "分红到户" in answer.text


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ("4011", "4011"),
        ("2026-11-24 12:00", "2026-11-24T04:00:00.000000Z"),
        ("2026-11-24T04:00:00Z", "2026-11-24T04:00:00.000000Z"),
        ("2026-11-24", "2026-11-23T16:00:00.000000Z"),
    ],
)
def test_what_this_ledger_knew_is_asked_for_by_position_or_by_the_time_of_china(told: str, read: str) -> None:
    times, wrong = times_of({"known_at": told})

    assert (times.known_at, wrong) == (read, frozenset())


def test_a_household_is_found_by_its_number_and_a_strange_number_is_told(keeper: TestClient) -> None:
    led = keeper.get("/households?no=%20H-0001%20")
    strange = keeper.get("/households/H-9999")

    assert (led.status_code, led.headers["location"]) == (303, "/households/H-0001")
    assert strange.status_code == 404
    assert "账里没有户 H-9999" in strange.text


# --- entries ---


def test_an_entry_shows_its_fields_its_source_and_its_seal_but_no_ciphertext(keeper: TestClient) -> None:
    page = keeper.get("/events/4011").text
    text = text_of(page)

    assert "第 4,011 条 · 发放补贴" in text
    assert "amount_fen 60000 (¥600.00)" in text
    assert "programme 职业培训补贴" in text
    assert "表格导入 · subsidy_payments.xlsx · 补贴发放表 · 第 128 行" in text
    assert "另有密封内容" in text
    assert "bm90IGZvciBhbnlib2R5" not in page
    assert "00112233445566778899aabbccddeeff" not in page


def test_the_downloaded_entry_hashes_to_the_leaf_that_the_page_tells(keeper: TestClient) -> None:
    told = re.findall(r'<code class="hash">([^<]+)</code>', keeper.get("/events/4011").text)[0].replace(" ", "")

    answer = keeper.get("/events/4011/entry?book=money")

    assert hashlib.sha256(b"\x00" + answer.content).hexdigest() == told
    assert answer.headers["content-disposition"] == 'attachment; filename="money-4011.entry"'


@pytest.mark.parametrize("address", ["/events/0", "/events/999999999", "/events/1?book=other", "/events/0/entry"])
def test_an_entry_that_is_not_there_is_not_found(keeper: TestClient, address: str) -> None:
    assert keeper.get(address).status_code == 404


# --- imports ---


def test_files_that_are_sent_are_taken_in_and_lead_to_where_their_fate_is_told(
    keeper: TestClient, township: Township
) -> None:
    sent = [("files", ("a.xlsx", b"one")), ("files", ("b.csv", b"two"))]

    answer = keeper.post("/import", files=sent, headers=SAME_ORIGIN)

    assert (answer.status_code, answer.headers["location"]) == (303, "/import/0badcafe")
    assert township.taken_in == [("a.xlsx", b"one"), ("b.csv", b"two")]


def test_sending_no_file_is_told_and_nothing_is_begun(keeper: TestClient, township: Township) -> None:
    answer = keeper.post("/import", files=[("files", ("", b""))], headers=SAME_ORIGIN)

    assert answer.status_code == 422
    assert "没有收到文件" in answer.text
    assert township.taken_in == []


def test_anybody_else_cannot_send_files(visitor: TestClient, township: Township) -> None:
    answer = visitor.post("/import", files=[("files", ("a.xlsx", b"one"))], headers=SAME_ORIGIN)

    assert answer.status_code == 401
    assert township.taken_in == []


def test_too_many_imports_at_once_are_told_to_come_again(keeper: TestClient, township: Township) -> None:
    township.crowded = True

    answer = keeper.post("/import", files=[("files", ("a.xlsx", b"one"))], headers=SAME_ORIGIN)

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "30"


def test_the_fate_of_every_file_and_row_is_told_with_the_marked_workbook(keeper: TestClient) -> None:
    page = keeper.get("/import/0badcafe?lang=en").text
    text = text_of(page)

    assert "subsidy_payments.xlsx · 补贴发放表 taken 3,686 3,683 12 3 0 0" in text
    assert "loans.xlsx · 小额信贷台账 refused whole 40 0 0 0 1 0" in text
    assert "row 128 身份证号 quarantined E-ID 440899********11** The check digit is wrong." in text
    assert "row 7 放款日 refused E-DATE 2020-02-30 There is no 2020-02-30. Give a real day." in text
    assert 'href="/api/v1/imports/0badcafe/errors.xlsx"' in page


def test_an_import_under_way_shows_how_far_it_is_without_a_script_too(keeper: TestClient, township: Township) -> None:
    township.under_way = {"stage": "record", "file": "subsidy_payments.xlsx", "done": 5_000, "of": 20_000}

    page = keeper.get("/import/0badcafe").text

    assert 'max="20000" value="5000"' in page
    assert '<span data-stage="record">逐行入账</span>' in page
    assert '<span data-stage="check" hidden>' in page
    assert 'href="/import/0badcafe">查看进展</a>' in page


def test_an_import_that_failed_or_was_interrupted_says_why_and_what_to_do(keeper: TestClient) -> None:
    failed = text_of(keeper.get("/import/0000fa17").text)
    interrupted = text_of(keeper.get("/import/0000dead").text)

    assert "E-FILE 压缩包里没有工作簿 请放入 .xlsx、.xls 或 .csv" in failed
    assert "这次导入中断了" in interrupted
    assert keeper.get("/import/ffff").status_code == 404
