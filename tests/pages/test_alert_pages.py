"""One alert's page: its life, its forms, what is refused there; and the leads."""

import re
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Playwright

from api.app import create_app
from api.ledger import Ledger
from domain.alert_case import AlertStep
from tests.api.offices import FINANCE, INSPECTOR, LEADER, enter_row, furnish, paid
from tests.pages.addresses import ORANGE, RED, WITHDRAWN
from tests.pages.conftest import SAME_ORIGIN, pages_of
from tests.pages.example import TOKEN, Guarded, Township
from tests.pages.serving import browsing, served, sign_in
from tests.pages.test_notice_pages import text_of


def post(keeper: TestClient, step: str, **fields: str) -> tuple[int, str]:
    """The status and the page, or where it leads, of a form that was sent."""
    answer = keeper.post(f"/alerts/{RED}/steps/{step}", data=fields, headers=SAME_ORIGIN)
    return answer.status_code, answer.headers.get("location") or answer.text


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", ("查实", "追缴决定", "列入失信名单", "依据已无", "¥200.00 / 共 ¥600.00", "说明已密封")),
        (
            "en",
            ("Confirmed", "Recovery ordered", "Listed as dishonest", "Grounds gone", "¥200.00 of ¥600.00", "sealed"),
        ),
    ],
)
def test_a_life_is_told_step_by_step_with_who_took_each_and_its_sealed_entry(
    keeper: TestClient, lang: str, told: tuple[str, ...]
) -> None:
    page = keeper.get(f"/alerts/{RED}?lang={lang}").text

    assert [word for word in told if word not in text_of(page)] == []
    assert 'href="/events/12?book=supervision"' in page
    assert 'href="/events/4011"' in page


def test_each_step_that_is_possible_has_a_form_with_the_version_that_was_seen(keeper: TestClient) -> None:
    page = keeper.get(f"/alerts/{RED}").text
    forms = re.findall(rf'action="/alerts/{RED}/steps/([a-z-]+)" method="post">\s*(<input [^>]+>)', page)

    assert [step for step, _ in forms] == [step.value for step in AlertStep if step is not AlertStep.REOPEN]
    assert {hidden for _, hidden in forms} == {'<input type="hidden" name="version" value="8">'}


def test_a_withdrawn_alert_says_that_there_is_nothing_to_do(keeper: TestClient) -> None:
    page = keeper.get(f"/alerts/{WITHDRAWN}").text

    assert "现在没有可办的事" in page
    assert "/steps/" not in page


def test_a_form_becomes_a_command_with_money_in_fen_and_leads_back_to_the_life(
    keeper: TestClient, township: Township
) -> None:
    status, where = post(
        keeper, "recover", actor=" G-0009 ", version="8", amount_fen="1,200.5", voucher_no="", words="已缴国库"
    )

    [command] = township.steps
    assert (status, where) == (303, f"/alerts/{RED}#life")
    assert (command.alert_id, command.step, command.actor, command.version) == (RED, AlertStep.RECOVER, "G-0009", 8)
    assert (command.details, command.words) == ({"amount_fen": 1_200_50}, "已缴国库")


def test_an_amount_that_is_none_is_told_on_the_page_and_nothing_is_done(keeper: TestClient, township: Township) -> None:
    status, page = post(keeper, "recover", actor="G-0009", version="8", amount_fen="12.345")

    assert status == 422
    assert "12.345 is no amount in yuan" in page
    assert township.steps == []


def test_what_is_refused_is_told_in_the_readers_language_with_the_reason(keeper: TestClient) -> None:
    status, page = post(keeper, "confirm?lang=zh", actor="G-0006", words="查实了的", version="nonsense")

    assert status == 422
    assert "审批人与经办人相同" in page
    assert "G-0006 is named in this alert." in page


@pytest.mark.parametrize(("step", "status"), [("forgive", 422), ("assign", 303)])
def test_a_step_that_there_is_not_is_refused(keeper: TestClient, step: str, status: int) -> None:
    assert post(keeper, step, actor="G-0009", assignee="G-0008")[0] == status


def test_sealed_words_are_shown_to_an_inspector_only_and_the_reason_is_kept(
    keeper: TestClient, township: Township
) -> None:
    address = f"/alerts/{RED}/words"

    refused = keeper.post(address, data={"actor": "G-0001", "why": "好奇"}, headers=SAME_ORIGIN)
    shown = keeper.post(address, data={"actor": "G-0009", "why": "复核"}, headers=SAME_ORIGIN)

    assert (refused.status_code, "已与本人核对" in refused.text) == (403, False)
    assert (shown.status_code, "已与本人核对" in shown.text) == (200, True)
    assert township.revealed == ["复核"]
    assert shown.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [f"/alerts/{RED}/steps/assign", f"/alerts/{RED}/words"])
def test_a_form_from_another_site_or_from_nobody_changes_nothing(
    keeper: TestClient, visitor: TestClient, township: Township, path: str
) -> None:
    elsewhere = keeper.post(path, data={"actor": "G-0009"}, headers={"Origin": "http://elsewhere.example"})
    nobody = visitor.post(path, data={"actor": "G-0009"}, headers=SAME_ORIGIN)

    assert (elsewhere.status_code, nobody.status_code) == (403, 401)
    assert (township.steps, township.revealed) == ([], [])


def test_a_form_larger_than_anybody_writes_is_refused(keeper: TestClient, township: Township) -> None:
    assert post(keeper, "comment", actor="G-0009", words="长" * 4_001)[0] == 422
    assert township.steps == []


def test_leads_come_by_their_score_and_lead_to_their_alerts(keeper: TestClient) -> None:
    page = keeper.get("/alerts/leads?lang=en").text

    assert re.findall(r"score (0\.\d+)", page) == ["0.8800", "0.7200", "0.1000"]
    assert f'href="/alerts/{RED}"' in page
    assert "people are not" in unescape(page)


def test_leads_of_a_second_page_lead_back_to_the_first(keeper: TestClient) -> None:
    page = keeper.get("/alerts/leads?after=880000~person:P-0000000000000001").text

    assert 'href="/alerts/leads" rel="first"' in page
    assert "0.8800" not in page


def test_an_alert_of_a_real_ledger_is_worked_on_through_its_page(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "ledger", place_code="440899101", place_name="测试镇") as ledger:
        furnish(ledger)
        for number in ("TEST1", "TEST2"):
            enter_row(ledger, "subsidy_payments", FINANCE, **paid(number))
        token = {"Authorization": f"Bearer {ledger.keeper_token}"}
        with TestClient(create_app(ledger), headers=token, follow_redirects=False) as client:
            [alert] = client.get("/api/v1/alerts", params={"rule": "DUP-01"}).json()["items"]
            address = f"/alerts/{alert['alert_id']}"
            by = {"actor": INSPECTOR}

            assigned = client.post(f"{address}/steps/assign", data={**by, "assignee": INSPECTOR, "version": "1"})
            stale = client.post(f"{address}/steps/confirm", data={**by, "words": "查实了的", "version": "1"})
            named = client.post(f"{address}/steps/comment", data={"actor": LEADER, "words": "没有什么问题"})
            dismissed = client.post(
                f"{address}/steps/dismiss",
                data={**by, "reason_code": "guardian", "words": "监护人代领", "version": "2"},
            )
            page = client.get(address).text
            revealed = client.post(f"{address}/words", data={**by, "why": "复核"}).text
            leads = client.get("/alerts/leads").text

    assert [answer.status_code for answer in (assigned, stale, named, dismissed)] == [303, 409, 422, 303]
    assert "审批人与经办人相同" in named.text
    assert ("监护人代领" in page, "说明已密封" in page) == (True, True)  # the reason code's own word
    assert revealed.count("监护人代领") > page.count("监护人代领")
    assert alert["alert_id"] not in leads


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_an_alert_fits_a_phone_and_a_step_is_taken_there_without_a_script(
    playwright: Playwright, chromium_path: str, width: int
) -> None:
    township = Township()
    with (
        served(pages_of(township, Guarded())) as address,
        browsing(playwright, chromium_path, width=width, scripts=False) as context,
    ):
        sign_in(context, address, TOKEN)
        page = context.new_page()
        page.goto(f"{address}/alerts/{ORANGE}")
        page.get_by_text("批注", exact=True).first.click()
        page.fill("#comment-actor", "G-0009")
        page.fill("#comment-words", "已与本人核对")
        page.click("form[action$='/steps/comment'] button")
        page.wait_for_url(f"{address}/alerts/{ORANGE}#life")

        for path in (f"/alerts/{RED}", f"/alerts/{ORANGE}", "/alerts/leads"):
            page.goto(f"{address}{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path

    assert [(command.step, command.actor, command.words) for command in township.steps] == [
        (AlertStep.COMMENT, "G-0009", "已与本人核对")
    ]
