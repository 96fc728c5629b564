"""A bundle that was handed out has to be read for ever: the frozen one of the first format."""

import json

from audit.bundle.examining import examine
from tests.vectors.make_bundle import FROZEN, found, trust


def test_the_frozen_bundle_of_the_first_format_is_read_as_on_the_day_it_was_made() -> None:
    verdict = examine(FROZEN / "household.zip", trust())

    assert verdict.holds
    assert found() == json.loads((FROZEN / "verdict.json").read_text(encoding="utf-8"))


def test_the_frozen_bundle_shows_every_kind_of_proof_that_there_is() -> None:
    proven = [one["kind"] for one in found()["proven"]]

    kinds = ["signed", "witnessed", "witnessed", "quorum_reached", "included", "stamped", "complete", "attachments"]
    assert proven == kinds
