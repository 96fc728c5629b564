"""`mingzhang facts`: the fact tables (OUTPUTS §6)."""

import csv
import sys
from typing import Annotated

import typer

from api.cli.answer import answer, answer_lines, current, table


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("facts", help="事实表：list 列出各表，或写表名 / The fact tables: `list`, or a table's name.")(facts)


def facts(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="list 或表名 / list, or a table")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")] = False,
    form: Annotated[str, typer.Option("--format", help="jsonl 或 csv")] = "jsonl",
    reveal: Annotated[
        bool, typer.Option("--reveal", help="显示证号等（留痕） / show numbers; leaves a trace.")
    ] = False,
    why: Annotated[str, typer.Option(help="查询理由 / the reason of a reveal.")] = "",
) -> None:
    """`list` names the tables with their columns; a table's name prints its rows."""
    from api.reading import fact_columns, fact_rows, fact_tables
    from projections.facts import as_csv_value

    ledger = current(context)
    if name == "list":
        tables = fact_tables(ledger)
        if as_json:
            answer(tables)
        else:
            table(["表 table", "行 rows"], ([told["name"], told["rows"]] for told in tables))
        return
    if form not in ("jsonl", "csv"):
        raise LookupError(f"没有 {form} 这种格式；可用 jsonl、csv / There is no format {form}: use jsonl or csv.")
    rows = fact_rows(ledger, name, reveal=reveal, why=why)
    if form == "jsonl":
        answer_lines(rows)
        return
    writer = csv.writer(sys.stdout)
    columns = fact_columns(name)
    writer.writerow(columns)
    writer.writerows([as_csv_value(row[column]) for column in columns] for row in rows)
