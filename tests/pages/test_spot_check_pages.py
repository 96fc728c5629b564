"""A spot check that anybody recomputes: the very lines that the page tells, typed into a shell."""

import re
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.pages.spot_checks import recipe
from audit.sampling.draw import drawing_order, population_root, seed_of
from tests.pages.example import CHECKS, ITEMS, PLAN, Township

IDS = [id_ for id_, _ in ITEMS]


def recipe_on(page: str) -> str:
    """The lines that the page tells its reader to type."""
    return "\n".join(
        unescape(lines) for lines in re.findall(r'<pre class="recipe"[^>]*><code>(.*?)</code>', page, re.DOTALL)
    )


def typed(lines: str, folder: Path) -> list[str]:
    """What a shell prints for `lines` in the folder of the downloads."""
    run = subprocess.run(["sh", "-eu"], input=lines, cwd=folder, capture_output=True, text=True, check=True)
    assert run.stderr == ""
    return run.stdout.splitlines()


@pytest.mark.parametrize("check", CHECKS[:2], ids=lambda check: str(check["method"]))
def test_the_lines_on_the_page_give_root_seed_and_sample_in_any_shell(
    visitor: TestClient, tmp_path: Path, check: dict[str, Any]
) -> None:
    address = f"/spot-checks/{check['plan']}"
    for name in ("ids.txt", "items.tsv"):
        (tmp_path / name).write_bytes(visitor.get(f"{address}/{name}").content)

    printed = typed(recipe_on(visitor.get(address).text), tmp_path)

    sample = [item["id"] for item in check["sample"]]
    start = [str(check["start_fen"])] if check["method"] == "mus" else []
    assert printed == [f"{check['root']}  ids.txt", check["seed"], *start, *sample]


def test_the_published_vector_comes_out_of_the_recipe(tmp_path: Path) -> None:
    ids = [f"SP-{number:04d}" for number in range(1, 11)]
    (tmp_path / "ids.txt").write_text("\n".join(ids), encoding="utf-8")
    root = population_root(ids)
    seed = seed_of("SC-2021-001", root, "DICE:4,1,6,2,2,5,3,6,1,4")
    check = {
        "plan": "SC-2021-001",
        "method": "srs",
        "n": 10,
        "root": root,
        "randomness": "DICE:4,1,6,2,2,5,3,6,1,4",
        "seed": seed,
    }

    printed = typed("\n".join(step.shell for step in recipe(check)), tmp_path)

    assert printed[0] == "9597b93f9cdc4f74af658961b64abad8c4c35163b6b6a69a8ac67576641d4569  ids.txt"
    assert printed[1] == "3d771f144987ef1fc943130fb48d70b7b180ba4b5d436509e8f7223cefc90f07"
    assert [int(id_[3:]) for id_ in printed[2:]] == [10, 6, 7, 4, 2, 5, 1, 8, 3, 9]


def test_the_start_of_a_draw_by_money_is_that_of_the_published_vector(tmp_path: Path) -> None:
    seed = "3d771f144987ef1fc943130fb48d70b7b180ba4b5d436509e8f7223cefc90f07"
    check = {
        "plan": "x",
        "method": "mus",
        "root": "",
        "randomness": "",
        "seed": seed,
        "interval_fen": 2_000_000,
        "start_fen": 0,
    }
    start = next(step for step in recipe(check) if step.name == "start")

    assert typed(f"seed={seed}\n{start.shell}", tmp_path) == ["1074290"]


def test_randomness_with_quotes_and_dollars_is_typed_as_it_was_told(tmp_path: Path) -> None:
    randomness = 'it\'s $HOME `x` "6" 双色球|2021001'
    root = population_root(IDS)
    check = {
        "plan": PLAN,
        "method": "srs",
        "n": 3,
        "root": root,
        "randomness": randomness,
        "seed": seed_of(PLAN, root, randomness),
    }
    (tmp_path / "ids.txt").write_text("\n".join(IDS), encoding="utf-8")

    printed = typed("\n".join(step.shell for step in recipe(check)), tmp_path)

    assert printed[1] == check["seed"]
    assert printed[2:] == drawing_order(str(check["seed"]), IDS)[:3]


def test_the_downloaded_ids_are_byte_for_byte_what_the_root_is_of(visitor: TestClient) -> None:
    answer = visitor.get(f"/spot-checks/{PLAN}/ids.txt")

    assert answer.content == "\n".join(IDS).encode()
    assert answer.headers["content-disposition"] == 'attachment; filename="ids.txt"'


def test_a_plan_that_is_not_drawn_shows_neither_seed_nor_sample_but_its_frozen_list(visitor: TestClient) -> None:
    page = visitor.get("/spot-checks/SC-2021-003").text

    assert "随机数尚未产生" in page
    assert recipe_on(page) == "sha256sum ids.txt"
    assert "<script" not in page
    assert 'href="/spot-checks/SC-2021-003/ids.txt"' in page


def test_a_plan_that_was_never_made_is_not_found(visitor: TestClient) -> None:
    for address in ("/spot-checks/none", "/spot-checks/none/ids.txt", "/spot-checks/none/items.tsv"):
        assert visitor.get(address).status_code == 404


def test_plans_are_listed_with_the_newest_first(visitor: TestClient, township: Township) -> None:
    page = visitor.get("/spot-checks").text

    assert re.findall(r'href="/spot-checks/(SC-[^"]+)"', page) == [check["plan"] for check in CHECKS][::-1]
