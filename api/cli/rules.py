"""`mingzhang rules`: the rules, and running all of them over everything."""

from datetime import datetime
from typing import Annotated

import typer

from api.cli.answer import answer, current, say, table

app = typer.Typer(name="rules", help="规则 / The rules.", no_args_is_help=True)


@app.command("list")
def list_rules(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON (OUTPUTS §9).")] = False,
) -> None:
    """Each rule with its state: ready, or what it lacks."""
    from api.reading import rules

    told = rules(current(context))
    if as_json:
        answer(told)
        return
    table(
        ["规则 rule", "名称 name", "级别", "状态 status", "缺 missing", "待办 open"],
        (
            [
                rule["rule_id"],
                rule["name_zh"],
                rule["severity"],
                rule["status"],
                "、".join(rule["missing"]),
                rule["open"],
            ]
            for rule in told
        ),
    )


@app.command("run")
def run_rules(
    context: typer.Context,
    *,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="判断日，默认数据截止日 / evaluation date.")
    ] = None,
) -> None:
    """Run every rule over everything; what it finds equals what live running found."""
    from api.projecting import run_all_rules

    raised, changed, withdrawn = run_all_rules(current(context), as_of.date() if as_of else None)
    say(f"新增 raised {raised}，变化 changed {changed}，撤回 withdrawn {withdrawn}")
