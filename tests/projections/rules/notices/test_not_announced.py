"""PUB-05: approval and acceptance of a project are announced within thirty days (DOMAIN §4 I)."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.projections.rules.notices.posting import post, turn
from tests.projections.rules.town import Town
from tests.projections.rules.works import A_PRICE_FEN, PROJECT, project

APPROVED, ACCEPTED = date(2020, 1, 31), date(2020, 6, 4)
A_DAY = timedelta(days=1)


@pytest.fixture
def building(town: Town) -> Town:
    """A town with a board, and a project that was approved and is not accepted yet."""
    post(town, "GS-9")
    project(town, accepted_on=None)
    return town


@pytest.fixture
def built(town: Town) -> Town:
    """A town with a board, and a project whose approval was announced and that was accepted."""
    announce(town, "GS-9", APPROVED)
    project(town)
    return town


def announce(town: Town, number: str, starts_on: date, **stated: Any) -> None:
    """A notice about the project."""
    told = {"subject_kind": "项目", "programme": None, "project_no": PROJECT, "until": date(2021, 1, 1)} | stated
    post(town, number, starts_on=starts_on, **told)


def test_an_approval_of_which_nothing_hung_is_raised(building: Town) -> None:
    [alert] = building.found("PUB-05")

    assert alert["anchor"] == (f"project:{PROJECT}", "立项")
    assert "fund:测财农〔2020〕1号" in alert["subjects"]
    assert (alert["severity"], alert["amount_at_risk_fen"]) == ("Y", A_PRICE_FEN)
    assert alert["holds_from"] == APPROVED + 31 * A_DAY
    assert alert["why_zh"] == "项目2020-01-31立项，其后30日内没有公告公示，涉及¥300,000.00。"


@pytest.mark.parametrize(("days", "expected"), [(30, 0), (31, 1), (-5, 0)])
def test_a_notice_hangs_by_the_thirtieth_day_of_the_approval(building: Town, days: int, expected: int) -> None:
    announce(building, "GS-1", APPROVED + days * A_DAY)

    assert len(building.found("PUB-05")) == expected


@pytest.mark.parametrize(("days", "expected"), [(30, 0), (31, 1)])
def test_the_project_s_own_row_may_say_when_it_hung(town: Town, days: int, expected: int) -> None:
    post(town, "GS-9")
    project(town, accepted_on=None, notice_from=APPROVED + days * A_DAY)

    assert len(town.found("PUB-05")) == expected


@pytest.mark.parametrize(("days", "expected"), [(30, 0), (31, 1)])
def test_the_thirty_days_must_be_over_at_the_evaluation_date(building: Town, days: int, expected: int) -> None:
    building.as_of = APPROVED + days * A_DAY

    assert len(building.found("PUB-05")) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, 0), (30, 0), (31, 1), (-1, 1)])
def test_an_acceptance_is_told_by_a_notice_of_its_own(built: Town, days: int, expected: int) -> None:
    announce(built, "GS-1", ACCEPTED + days * A_DAY)

    assert [alert["anchor"][1] for alert in built.found("PUB-05")] == ["验收"] * expected


def test_an_acceptance_may_hang_before_the_fact_where_the_notice_is_about_it(built: Town) -> None:
    announce(built, "GS-1", ACCEPTED - 10 * A_DAY, subject_kind="验收")

    assert built.found("PUB-05") == []


@pytest.mark.parametrize(("days", "expected"), [(30, 0), (31, 1), (-1, 1)])
def test_the_project_s_own_row_tells_of_the_acceptance_if_it_hung_after_it(
    town: Town, days: int, expected: int
) -> None:
    announce(town, "GS-9", APPROVED)
    project(town, notice_from=ACCEPTED + days * A_DAY)

    assert len(town.found("PUB-05")) == expected


def test_a_notice_that_was_withdrawn_or_is_of_another_project_tells_nothing(building: Town) -> None:
    announce(building, "GS-1", APPROVED, withdrawn_on=APPROVED + A_DAY)
    announce(building, "GS-2", APPROVED, project_no="XM-2")

    assert len(building.found("PUB-05")) == 1


def test_notices_and_projects_that_change_turn_it_live(building: Town) -> None:
    assert turn(building, "PUB-05") == (1, 0)
    announce(building, "GS-1", APPROVED)
    assert turn(building, "PUB-05") == (0, 1)
    project(building)
    assert turn(building, "PUB-05") == (1, 0)
    project(building, notice_from=ACCEPTED)
    assert turn(building, "PUB-05") == (0, 1)
    announce(building, "GS-1", APPROVED, withdrawn_on=APPROVED + A_DAY)
    assert turn(building, "PUB-05") == (1, 0)
