"""COI-01: paid before the relation was declared; eligible and declared since is blue (DOMAIN §4 G)."""

from datetime import date, timedelta

from tests.projections.history import person
from tests.projections.rules.facts_told import member, programme
from tests.projections.rules.town import Town
from tests.projections.rules.works import count, declare, staff

PAID = date(2020, 5, 21)
NEXT_DAY = PAID + timedelta(days=1)


def test_a_relative_paid_the_day_before_the_declaration_is_raised(town: Town) -> None:
    staff(town, "G-6", "领导")
    declared = declare(town, "G-6", "弟", NEXT_DAY)
    payment = town.pay("弟", "2020", PAID, amount_fen=12_700_00)

    [alert] = town.found("COI-01")

    assert alert["anchor"] == (f"person:{person('弟')}", "staff:G-6")
    assert alert["subjects"] == (f"person:{person('弟')}", "staff:G-6", "claim:SQ-1", "payment:REF1")
    assert alert["event_refs"] == (declared, payment)
    assert (alert["amount_at_risk_fen"], alert["holds_from"], alert["severity"]) == (12_700_00, NEXT_DAY, "R")
    assert alert["why_zh"] == "在职人员于2020-05-22备案的亲属，此前已领取1笔共¥12,700.00，首笔2020-05-21。"


def test_a_relative_paid_on_the_day_of_the_declaration_was_declared(town: Town) -> None:
    staff(town, "G-6", "领导")
    declare(town, "G-6", "弟", PAID)
    town.pay("弟", "2020", PAID)

    assert town.found("COI-01") == []


def test_a_relative_who_is_eligible_and_declared_since_is_for_information(town: Town) -> None:
    staff(town, "G-6", "领导")
    programme(town)
    declare(town, "G-6", "弟", NEXT_DAY)
    member(town, "弟", "H-1")
    town.pay("弟", "2020", PAID)
    listed = town.found("COI-01")
    programme(town, "救助", requires_roster=False)
    declare(town, "G-6", "妹", NEXT_DAY)
    town.pay("妹", "2020", PAID, programme="救助")

    both = town.found("COI-01")

    assert [alert["severity"] for alert in listed] == ["B"]
    assert [alert["severity"] for alert in both] == ["B", "B"]


def test_a_cadre_who_did_not_serve_then_had_nothing_to_declare(town: Town) -> None:
    staff(town, "G-6", "领导", serving_from=NEXT_DAY)
    declare(town, "G-6", "弟", NEXT_DAY)
    town.pay("弟", "2020", PAID)

    assert town.found("COI-01") == []


def test_a_village_clerk_answers_for_the_own_village_only(town: Town) -> None:
    staff(town, "G-1", "文书", role="village_clerk", org="一村")
    declare(town, "G-1", "弟", NEXT_DAY)
    town.pay("弟", "2020", PAID, village="二村")
    elsewhere = town.found("COI-01")
    town.pay("弟", "2020", PAID, village="一村")

    at_home = town.found("COI-01")

    assert elsewhere == []
    assert [alert["amount_at_risk_fen"] for alert in at_home] == [181_00]


def test_a_late_cadre_roster_or_programme_changes_the_alert_live_as_well(town: Town) -> None:
    programme(town)
    declare(town, "G-6", "弟", NEXT_DAY)
    town.pay("弟", "2020", PAID)
    staff(town, "G-9", "别人")
    town.run()
    staff(town, "G-6", "领导")
    raised = town.live_is_whole()
    member(town, "弟", "H-1")
    eligible = town.live_is_whole()
    programme(town, requires_roster=False)

    town.live_is_whole()

    assert count("COI-01", raised.raised) == count("COI-01", eligible.changed) == 1
