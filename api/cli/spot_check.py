"""`mingzhang spot-check`: plan, draw and verify a sample that anybody can recompute (DOMAIN §7, OUTPUTS §9)."""

from datetime import datetime
from typing import Annotated

import typer

from api.cli.answer import FOUND, answer, answer_text, current, say

app = typer.Typer(name="spot-check", help="抽查 / Spot checks that anybody can recompute.", no_args_is_help=True)


@app.command("size")
def size_of_sample(
    *,
    method: Annotated[str, typer.Option(help="mus 按金额 / binomial 二项 / hypergeometric 超几何")],
    confidence: Annotated[float, typer.Option(help="置信度，如 0.95 / confidence.")],
    tolerable: Annotated[float, typer.Option(help="可容忍错报率，如 0.05 / tolerable rate.")],
    expected: Annotated[float, typer.Option(help="预计错报率，如 0.01 / expected rate.")] = 0.0,
    population: Annotated[int | None, typer.Option(help="总体数量，超几何必填 / items, for hypergeometric.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON (OUTPUTS §9).")] = False,
) -> None:
    """How many items to draw, by the tables that auditors use (DOMAIN §7)."""
    from api.spot_checks import sample_size

    n = sample_size(method, confidence=confidence, tolerable=tolerable, expected=expected, population=population)
    if as_json:
        answer(
            {
                "method": method,
                "confidence": confidence,
                "tolerable": tolerable,
                "expected": expected,
                "population": population,
                "n": n,
            }
        )
        return
    answer_text(str(n))


@app.command("plan")
def plan_spot_check(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(help="计划编号 / the plan's number, e.g. SC-2021-001.")],
    *,
    n: Annotated[int, typer.Option("-n", min=1, help="抽几笔 / items to draw.")],
    method: Annotated[str, typer.Option(help="srs 随机 / mus 按金额")] = "srs",
    programme: Annotated[str | None, typer.Option(help="只抽某项目 / only this programme.")] = None,
    village: Annotated[str | None, typer.Option(help="只抽某村 / only this village.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="发放日起 / paid from.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="发放日止 / paid until.")] = None,
    randomness_from: Annotated[
        str, typer.Option(help="由哪个将来的公开事件给出随机数 / which future public event gives the randomness.")
    ] = "村务监督委员会当众掷骰 / dice thrown in public",
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> None:
    """Freeze the population of payments by its root, before anybody knows the randomness."""
    from api.spot_checks import Wanted, plan_check

    wanted = Wanted(
        plan_id=plan,
        n=n,
        method=method,
        programme=programme,
        village=village,
        paid_from_day=since.date() if since else None,
        paid_until_day=until.date() if until else None,
        randomness_from=randomness_from,
    )
    told = plan_check(current(context), wanted)
    if as_json:
        answer(told)
        return
    say(f"{plan}: 总体 population {told['population']}，根 root {told['root']}，抽 n {told['n']}")


@app.command("draw")
def draw_spot_check(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(help="计划编号 / the plan's number.")],
    *,
    randomness: Annotated[str, typer.Option(help="公开事件的结果 / what the public event gave, e.g. DICE:4,1,6.")],
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON (OUTPUTS §9).")] = False,
) -> None:
    """Commit to the randomness and draw, once."""
    from api.spot_checks import draw

    told = draw(current(context), plan, randomness)
    if as_json:
        answer(told)
        return
    for item in told["sample"]:
        answer_text(f"{item['order']}\t{item['id']}")


@app.command("verify")
def verify_spot_check(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(help="计划编号 / the plan's number.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON (OUTPUTS §9).")] = False,
) -> int:
    """Recompute the population's root, the seed and the sample; exit 1 when one differs."""
    from api.spot_checks import verify

    told = verify(current(context), plan)
    if as_json:
        answer(told)
    else:
        for finding in told["findings"]:
            say(finding)
        say("可重算，一致 / Recomputed: the same." if told["ok"] else "重算不一致 / It does not recompute.")
    return 0 if told["ok"] else FOUND
