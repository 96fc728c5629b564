"""The discipline inspector's story: an alert from its raising to its closing, on the command line, all of it sealed."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.ledger import Ledger
from tests.api.offices import post
from tests.journeys.commanding import Told, tell, tell_apart

INSPECTOR, AUDITOR, LEADER = "G-0901", "G-0902", "G-0903"
WORDS = "已与本人核对，确属重复发放"
RULE = "DUP-01"
APPROVER = "whoever approved the payment"


@pytest.fixture
def ledger(township: Path) -> Path:
    """The sample's township with people who look into alerts."""
    with Ledger.open(township) as opened:
        for staff_no, serial, role in (
            (INSPECTOR, 901, "inspector"),
            (AUDITOR, 902, "auditor"),
            (LEADER, 903, "township_leader"),
        ):
            post(opened, staff_no, serial, role)
    return township


def alerts(ledger: Path, *options: str) -> list[dict[str, Any]]:
    """The alerts of a rule."""
    told = tell(ledger, "alerts", "list", "--json", *options)
    assert told.status == 0, told.err
    found: list[dict[str, Any]] = told.json
    return found


def step(ledger: Path, alert_id: str, name: str, *options: str, actor: str = INSPECTOR) -> Told:
    """One step by its first eight digits, as people type them."""
    return tell(ledger, "alerts", name, alert_id[:8], "--actor", actor, *options, "--json")


def shown(ledger: Path, alert_id: str, *options: str) -> dict[str, Any]:
    """The alert with its life."""
    told = tell(ledger, "alerts", "show", alert_id, *options)
    assert told.status == 0, told.err
    found: dict[str, Any] = told.json
    return found


def way(ledger: Path, alert_id: str, *steps: tuple[str, ...]) -> list[str]:
    """The states that an alert goes through."""
    answers = [step(ledger, alert_id, *one) for one in steps]
    assert [answer.err for answer in answers if answer.status != 0] == []
    return [answer.json["state"] for answer in answers]


def approver_of(ledger: Path, alert: dict[str, Any]) -> str:
    """工号 of who approved the first payment that an alert rests on."""
    with Ledger.open(ledger) as opened:
        paid = opened.money.entry(alert["event_refs"][0])
    assert paid is not None
    return str(json.loads(paid.state)["approver"])


def test_an_alert_is_looked_into_proven_handed_over_paid_back_and_closed(ledger: Path) -> None:
    alert = alerts(ledger, "--rule", RULE)[0]
    amount = str(alert["amount_at_risk_fen"])

    states = way(
        ledger,
        alert["alert_id"],
        ("assign", "--assignee", INSPECTOR),
        ("comment", "--words", "请财政所提供发放凭证"),
        ("confirm", "--words", WORDS),
        ("transfer", "--to-authority", "测试县纪委监委"),
        ("open-case", "--case-no", "LA-2021-01"),
        ("dispose", "--disposal", "educated", "--words", "批评教育并责令退还"),
        ("order-recovery", "--amount-fen", amount),
        ("recover", "--amount-fen", "100", "--voucher-no", "JK-1"),
        ("recover", "--amount-fen", str(int(amount) - 100)),
        ("close",),
    )

    told = shown(ledger, alert["alert_id"])
    assert states == [
        "assigned",
        "assigned",
        "confirmed",
        "transferred",
        "opened",
        "disposed",
        "recovery_ordered",
        "recovery_partial",
        "recovered",
        "closed",
    ]
    assert [entry["topic"].partition("/")[0] for entry in told["life"]][:4] == [
        "alert-raised",
        "alert-assigned",
        "alert-commented",
        "alert-confirmed",
    ]
    assert WORDS not in json.dumps(told, ensure_ascii=False)
    assert tell(ledger, "verify").status == 0


def test_words_are_shown_to_the_auditor_and_the_look_itself_is_sealed(ledger: Path) -> None:
    alert_id = alerts(ledger, "--rule", RULE)[0]["alert_id"]
    way(ledger, alert_id, ("assign", "--assignee", AUDITOR), ("confirm", "--words", WORDS))

    told = shown(ledger, alert_id, "--reveal", "--actor", AUDITOR, "--why", "复核")
    refused = tell(ledger, "alerts", "show", alert_id, "--reveal", "--actor", LEADER, "--why", "好奇")

    [trace] = [
        line
        for line in tell(ledger, "events", "--json", "--book", "supervision").lines
        if line["topic"] == "personal-data-revealed/v1"
    ]
    assert told["life"][-1]["words"] == WORDS
    assert (trace["state"]["actor"], trace["state"]["why"]) == (AUDITOR, "复核")
    assert (refused.status, "E-AUTH" in refused.err) == (2, True)


def test_a_dismissal_survives_a_rebuild_and_every_later_run_of_the_rules(ledger: Path) -> None:
    alert_id = alerts(ledger, "--rule", RULE)[0]["alert_id"]
    before = len(alerts(ledger))
    way(
        ledger,
        alert_id,
        ("assign", "--assignee", INSPECTOR),
        ("dismiss", "--reason-code", "supplementary_pay", "--words", "系补发上月差额"),
    )

    rebuilt = tell_apart(ledger, "rebuild")
    ran = tell_apart(ledger, "rules", "run")

    assert (rebuilt.status, ran.status) == (0, 0), rebuilt.err + ran.err
    told = shown(ledger, alert_id)
    assert (told["state"], told["reason_code"]) == ("dismissed", "supplementary_pay")
    assert len(alerts(ledger)) == before
    [rule] = [line for line in tell(ledger, "rules", "list", "--json").json if line["rule_id"] == RULE]
    assert (rule["dismissed"], rule["confirmed"], rule["precision"]) == (1, 0, 0.0)


def test_whoever_approved_the_payments_sees_fewer_alerts_and_leads_than_the_inspector(ledger: Path) -> None:
    approver = approver_of(ledger, alerts(ledger, "--rule", RULE)[0])

    everything, seen = alerts(ledger), alerts(ledger, "--actor", approver)
    leads = tell(ledger, "alerts", "leads", "--json", "--actor", INSPECTOR).json
    led = tell(ledger, "alerts", "leads", "--json", "--actor", approver).json
    exported = tell(ledger, "alerts", "export", "--actor", approver).lines

    hidden = {told["alert_id"] for told in everything} - {told["alert_id"] for told in seen}
    assert alerts(ledger, "--actor", INSPECTOR) == everything
    assert alerts(ledger, "--rule", RULE)[0]["alert_id"] in hidden
    assert not hidden & {alert_id for lead in led for alert_id in lead["alert_ids"]}
    assert {told["alert_id"] for told in exported} == {told["alert_id"] for told in seen}
    assert [lead["score_ppm"] for lead in leads] == sorted((lead["score_ppm"] for lead in leads), reverse=True)
    assert tell(ledger, "alerts", "show", min(hidden), "--actor", approver).status == 2


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("confirm", "--words", WORDS, "--actor", INSPECTOR), "E-STATE"),
        (("assign", "--assignee", INSPECTOR, "--actor", APPROVER), "E-SOD"),
        (("dismiss", "--reason-code", "other", "--words", WORDS), "E-AUTH"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_code_and_changes_nothing(
    ledger: Path, options: tuple[str, ...], code: str
) -> None:
    alert = alerts(ledger, "--rule", RULE)[0]
    name, *rest = (approver_of(ledger, alert) if word == APPROVER else word for word in options)

    told = tell(ledger, "alerts", name, alert["alert_id"], *rest)

    assert (told.status, code in told.err) == (2, True), told.err
    assert len(shown(ledger, alert["alert_id"])["life"]) == 1


def test_leads_and_steps_are_told_to_people_in_words(ledger: Path) -> None:
    alert_id = alerts(ledger, "--rule", RULE)[0]["alert_id"]

    leads = tell(ledger, "alerts", "leads", "--kind", "person")
    taken = tell(ledger, "alerts", "assign", alert_id[:8], "--actor", INSPECTOR, "--assignee", AUDITOR)

    assert (leads.status, "person:P-" in leads.out, "0.6" in leads.out) == (0, True, True)
    assert (taken.status, taken.out) == (0, "")
    assert "assigned；现在可以 / possible now: assign, comment, dismiss, confirm" in taken.err


@pytest.mark.parametrize("beginning", ["zzzz", ""])
def test_an_id_that_is_none_or_of_several_is_told_so(ledger: Path, beginning: str) -> None:
    told = tell(ledger, "alerts", "show", beginning)

    assert told.status == 2
    assert "疑点" in told.err
