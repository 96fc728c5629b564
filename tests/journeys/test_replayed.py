"""Histories against what the rows alone come to: every kind of subject, at its end, within the year, as known."""

import json

import pytest

from tests.journeys.auditing import Audited, ask_histories
from tests.journeys.reading_workbooks import Values
from tests.journeys.recomputing_moments import Moment
from tests.journeys.recomputing_states import state_of
from tests.journeys.recomputing_timelines import Timelines

pytestmark = pytest.mark.parametrize("audited", ["sample", "7x6"], indirect=True)

UNTIMED = {"notice", "account", "place"}
"""Subjects whose timeline is not recomputed here."""
BOLD = {"household": "received_fen", "person": "received_fen", "loan": "outstanding_fen", "fund": "unspent_fen"}
BOLD |= {"payment": "net_fen", "project": "net_fen"}
OF_PEOPLE = ("members", "shares", "households", "entitlements")


@pytest.fixture(scope="module")
def replayed(audited: Audited, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """The township, asked for histories as well."""
    return ask_histories(audited, tmp_path_factory.mktemp("replayed"))


def test_a_replay_of_each_kind_of_subject_states_what_its_rows_come_to(replayed: Audited) -> None:
    for asked in replayed.asked:
        moment = Moment(asked.as_of, asked.known_on)
        expected = _in_order(state_of(asked.kind, replayed.at(asked), asked.value, moment))

        told = _in_order(json.loads(replayed.said[asked.question])["state"])

        assert (asked, {name: told[name] for name in expected}) == (asked, expected)


def test_a_timeline_has_every_movement_of_money_once_and_its_balance_runs(replayed: Audited) -> None:
    for asked in (asked for asked in replayed.asked if asked.kind not in UNTIMED):
        lines = Timelines(replayed.at(asked), replayed.place).of(asked.kind, asked.value)
        expected = [
            (line.occurred_on, line.position, f"{line.topic}/v1", line.ref, line.amount_fen)
            for line, _ in lines
            if not str(line.ref).startswith("TX/")
        ]

        told = json.loads(replayed.said[asked.question])["timeline"]

        moved = [
            (line["occurred_on"], line["position"], line["topic"], line["ref"], line["amount_fen"])
            for line in told
            if line["amount_fen"] is not None and not _of_the_loans_own_row(line)
        ]
        assert (asked, moved) == (asked, expected)


def test_a_timeline_ends_with_the_figure_that_the_state_shows(replayed: Audited) -> None:
    for asked in (asked for asked in replayed.asked if asked.kind not in UNTIMED):
        state = state_of(asked.kind, replayed.at(asked), asked.value, Moment(asked.as_of, asked.known_on))
        bold = BOLD.get(asked.kind) or ("undistributed_fen" if "undistributed_fen" in state else "net_fen")

        told = json.loads(replayed.said[asked.question])["timeline"]

        assert [line["occurred_on"] for line in told] == sorted(line["occurred_on"] for line in told)
        assert not told or (asked, told[-1]["balance_fen"]) == (asked, state[bold])


def _of_the_loans_own_row(line: Values) -> bool:
    """Repayments and interest subsidies that only the loan's own row states: each change of them is a line."""
    of_row = line["topic"] == "loan-repaid/v1" and str(line["ref"]).startswith("JJ")
    return of_row or str(line["ref"]).startswith(("TX/", "HK/"))


def _in_order(state: Values) -> Values:
    """The state with people's lists by their numbers: the product sorts them by references."""
    return state | {
        name: sorted(state[name], key=lambda row: json.dumps(row, sort_keys=True))
        for name in OF_PEOPLE
        if isinstance(state.get(name), list)
    }
