"""Spot checks that anybody can recompute: the plan, the draw, the frozen list, and how to do it oneself."""

import shlex
from collections.abc import Iterator
from typing import Any, NamedTuple

from fastapi import APIRouter, HTTPException, Request, Response

from api.pages.site import Here, Site
from audit.sampling.draw import SEED_TAG
from domain.refusal import Refused

router = APIRouter(include_in_schema=False)


class Step(NamedTuple):
    """One step of a recipe: its name among the words, the lines to type, and what they print (None: the sample)."""

    name: str
    shell: str
    gives: str | None


@router.get("/spot-checks")
def spot_checks(request: Request, site: Here) -> Response:
    """All plans, the newest first."""
    return site.page(request, "spot_checks.html", checks=site.readings.spot_checks()[::-1])


@router.get("/spot-checks/{plan_id}/ids.txt")
def ids(plan_id: str, site: Here) -> Response:
    """The frozen ids, joined by line feeds and nothing after the last: exactly what the root is the hash of."""
    return download("\n".join(id_ for id_, _ in items_of(site, plan_id)), "ids.txt")


@router.get("/spot-checks/{plan_id}/items.tsv")
def items(plan_id: str, site: Here) -> Response:
    """The frozen ids with their amounts in fen, a line each, with a tab between."""
    return download("".join(f"{id_}\t{amount_fen}\n" for id_, amount_fen in items_of(site, plan_id)), "items.tsv")


@router.get("/spot-checks/{plan_id}")
def spot_check(request: Request, plan_id: str, site: Here) -> Response:
    """One plan: what was frozen, what the public event gave, what was drawn, and how to recompute it."""
    try:
        check = site.readings.spot_check(plan_id)
    except (LookupError, Refused) as error:
        raise HTTPException(404) from error
    return site.page(request, "spot_check.html", check=check, recipe=list(recipe(check)))


def recipe(check: dict[str, Any]) -> Iterator[Step]:
    """The draw as lines for any shell with `sha256sum`, to be typed one after another; what must come out is told."""
    yield Step("root", "sha256sum ids.txt", check["root"])
    if not check["seed"]:
        return
    text = shlex.quote(f"{SEED_TAG}|{check['plan']}|{check['root']}|{check['randomness']}")
    yield Step("seed", f"seed=$(printf '%s' {text} | sha256sum | cut -c1-64)\nprintf '%s\\n' \"$seed\"", check["seed"])
    if check["method"] == "mus":
        yield from monetary_steps(check)
    else:
        yield Step("order", SIMPLE.format(n=check["n"]), None)


def monetary_steps(check: dict[str, Any]) -> Iterator[Step]:
    """The steps of a draw by money: the first fen that is hit, and the items that are hit."""
    yield Step("start", START.format(j=check["interval_fen"]), str(check["start_fen"]))
    yield Step("hits", HITS.format(j=check["interval_fen"]), None)


SIMPLE = """\
while IFS= read -r id || [ -n "$id" ]; do
  printf '%s %s\\n' "$(printf '%s' "$seed|$id" | sha256sum | cut -c1-64)" "$id"
done < ids.txt | LC_ALL=C sort | head -n {n} | cut -d ' ' -f 2-"""

START = """\
start=$(printf '%s' "$seed|mus-start" | sha256sum | awk -v j={j} '{{
  for (i = 1; i <= 64; i++) r = (r * 16 + index("0123456789abcdef", substr($1, i, 1)) - 1) % j
  printf "%.0f", r + 1 }}')
printf '%s\\n' "$start\""""

HITS = """\
awk -F '\\t' -v j={j} -v hit="$start" '{{
  reached += $2
  if (hit + 0 <= reached) {{ print $1; hit += (int((reached - hit) / j) + 1) * j }} }}' items.tsv"""


def items_of(site: Site, plan_id: str) -> list[tuple[str, int]]:
    """The frozen population.

    Raises:
        HTTPException: 404 when there is no such plan.
    """
    try:
        return site.readings.spot_check_items(plan_id)
    except (LookupError, Refused) as error:
        raise HTTPException(404) from error


def download(text: str, name: str) -> Response:
    """`text`, byte for byte, as a file called `name`."""
    return Response(
        text.encode(),
        media_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"},
    )
