"""What the script of the check may come to has words, and what the words name is filled in by the script."""

import re
from string import Formatter

from fastapi.testclient import TestClient

from api.pages.assets import FOLDER
from api.pages.check import FIGURES, SAID, STEPS, WORKER
from api.pages.words import LANGUAGES, load

SCRIPT = (FOLDER / "check.js").read_text(encoding="utf-8")
OUTCOMES = {outcome for outcomes in STEPS.values() for outcome in outcomes}


def test_every_outcome_and_refusal_of_the_script_has_words_and_none_is_left_over() -> None:
    quoted = set(re.findall(r'"([a-z]+)"', SCRIPT))
    decided = set(re.findall(r'\b(?:good|bad|unsure)\("([a-z]+)"', SCRIPT))

    assert decided <= OUTCOMES
    assert quoted >= OUTCOMES
    assert set(SAID) <= quoted
    assert [*STEPS] == ["paper", *re.findall(r"steps\.(\w+) = ", SCRIPT)]


def test_every_figure_that_the_words_name_is_one_that_the_script_fills_in() -> None:
    for lang in LANGUAGES:
        texts = {key: text for key, text in load(lang).texts.items() if key.startswith("check.")}
        named = {name for text in texts.values() for _, name, _, _ in Formatter().parse(text) if name}
        assert named - {"hotline"} <= set(FIGURES)
    for figure in FIGURES:
        assert re.search(rf"\b{figure}\b", SCRIPT), figure


def test_the_worker_is_served_from_the_root_and_looked_for_anew_each_time(visitor: TestClient) -> None:
    answer = visitor.get(f"/{WORKER}")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "worker-src 'self'" in answer.headers["content-security-policy"]
    assert 'const KEPT = "mingzhang-check"' in answer.text
    assert 'const KEPT = "mingzhang-check"' in SCRIPT


def test_the_board_and_the_verification_lead_to_the_check(visitor: TestClient) -> None:
    for path in ("/notices", "/verification"):
        assert 'href="/check"' in visitor.get(path).text
