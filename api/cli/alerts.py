"""`mingzhang alerts`: what the rules raised (OUTPUTS §9)."""

import csv
import sys
from typing import Annotated

import typer

from api.cli.answer import answer, answer_lines, current, table

app = typer.Typer(name="alerts", help="疑点 / What the rules raised.", no_args_is_help=True)

SEVERITY_WORDS = {"R": "红 R", "O": "橙 O", "Y": "黄 Y", "B": "蓝 B"}


@app.command("list")
def list_alerts(
    context: typer.Context,
    *,
    rule: Annotated[str | None, typer.Option(help="只看某条规则 / only this rule.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
) -> None:
    """The alerts that stand, newest evidence last, each with its sentence why."""
    from api.reading import alerts
    from domain.money import plain_yuan

    told = [line for line in alerts(current(context)) if rule is None or line["rule_id"] == rule]
    if as_json:
        answer(told)
        return
    table(
        ["编号 id", "规则 rule", "级别", "状态 state", "金额(元)", "为什么 why"],
        (
            [
                line["alert_id"][:8],
                line["rule_id"],
                SEVERITY_WORDS[line["severity"]],
                line["state"],
                plain_yuan(line["amount_at_risk_fen"]),
                line["why_zh"],
            ]
            for line in told
        ),
    )


@app.command("show")
def show_alert(
    context: typer.Context,
    alert_id: Annotated[str, typer.Argument(help="编号或其前 8 位 / the id, or its first 8 digits.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON（总是） / JSON (always).")] = False,
) -> None:
    """One alert, whole."""
    from api.reading import alerts

    found = [line for line in alerts(current(context)) if line["alert_id"].startswith(alert_id)]
    if len(found) != 1:
        raise LookupError(f"编号 {alert_id} 对应 {len(found)} 条疑点 / {len(found)} alerts begin with {alert_id}.")
    answer(found[0])


@app.command("export")
def export_alerts(
    context: typer.Context,
    *,
    form: Annotated[str, typer.Option("--format", help="jsonl 或 csv")] = "jsonl",
    reveal: Annotated[
        bool, typer.Option("--reveal", help="显示证号等（留痕） / show numbers; leaves a trace.")
    ] = False,
    why: Annotated[str, typer.Option(help="查询理由 / the reason of a reveal.")] = "",
) -> None:
    """Every alert, by when it was raised; JSON lines as OUTPUTS §9."""
    from api.reading import alerts
    from projections.facts import as_csv_value

    told = alerts(current(context), reveal=reveal, why=why)
    if form == "jsonl":
        answer_lines(told)
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        columns = list(told[0]) if told else ["alert_id"]
        writer.writerow(columns)
        writer.writerows([as_csv_value(line[column]) for column in columns] for line in told)
    else:
        raise LookupError(f"没有 {form} 这种格式；可用 jsonl、csv / There is no format {form}: use jsonl or csv.")
