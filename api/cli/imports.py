"""`mingzhang import`: workbooks in, every row's fate out (OUTPUTS §2)."""

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from api.importing import Done
    from api.spooling import Spooled
    from intake.mapping import OfficeMapping

from api.cli.answer import FOUND, answer, open_ledger, say, table

WORDS = {"taken": "已入账 taken", "unchanged": "无变化 unchanged", "refused": "未导入 refused"}
SHOWN = 20
SELDOM = (200_000, 20, 20)
"""A package is many small objects that live until the end; looking for garbage among them is work for nothing."""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import", help="导入工作簿、文件夹或 zip 包 / Import a workbook, a folder or a zip.")(import_command)


def import_command(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="文件、文件夹或 zip / file, folder or zip.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON (OUTPUTS §2).")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不入账 / check only.")] = False,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="本单位表头对照，TOML / the office's own headings, in TOML.")
    ] = None,
    errors: Annotated[
        Path | None, typer.Option("--errors", help="把问题标在工作簿里另存 / write the marked errors workbook.")
    ] = None,
) -> int:
    """Check the package whole, record what may go in, and say what became of every file."""
    from api.folder import Folder
    from api.spooling import spooling
    from domain.event import KEEPER

    gc.set_threshold(*SELDOM)
    own = mapping_in(mapping) if mapping is not None else None
    if dry_run:
        done = check_only(context, path, own, hidden=as_json)
    else:
        # First of all: nothing heavy is loaded yet.
        with spooling(Folder(context.obj), path, actor=KEEPER, mapping=own) as spooled:
            done = record(context, spooled, own, hidden=as_json)
    from api.outcome import found_something

    result = done.answer
    if as_json:
        answer(result)
    else:
        show(result)
    if errors is not None and done.mark(errors):
        say(f"问题已标在 / The problems are marked in {errors}")
    return FOUND if found_something(result) else 0


def mapping_in(path: Path) -> "OfficeMapping":
    """The mapping in the file at `path`."""
    from intake.mapping import read_mapping

    return read_mapping(path.name, path.read_bytes())


def check_only(context: typer.Context, path: Path, mapping: "OfficeMapping | None", *, hidden: bool) -> "Done":
    """Check the package and record nothing."""
    from api.importing import Request, import_path

    with progress_bar(hidden=hidden) as progress:
        return import_path(open_ledger(context), path, Request(dry_run=True, progress=progress, mapping=mapping))


def record(context: typer.Context, spooled: "Spooled", mapping: "OfficeMapping | None", *, hidden: bool) -> "Done":
    """Check the spooled package and record what may go in."""
    from api.importing import Request, import_spooled

    with progress_bar(hidden=hidden) as progress:
        request = Request(progress=progress, mapping=mapping)
        return import_spooled(open_ledger(context, finish=False), spooled, request)


def show(result: dict[str, Any]) -> None:
    """The answer for people: a line a file, then the problems."""
    table(
        ["文件 file", "结果 outcome", "行 rows", "入账 taken", "存疑 quarantined", "退回 refused", "未变 unchanged"],
        (
            [
                file["file"],
                WORDS[file["outcome"]],
                file["rows"],
                file["rows_taken"],
                file["rows_quarantined"],
                file["rows_refused"],
                file["rows_unchanged"],
            ]
            for file in result["files"]
        ),
    )
    problems = [(problem, "") for problem in result["problems"]]
    problems += [(problem, file["file"]) for file in result["files"] for problem in file["problems"]]
    for problem, name in problems[:SHOWN]:
        where = f"{name} 第{problem['row']}行" if problem["row"] else name
        say(f"{problem['code']} {where} {problem['header'] or ''} {problem['message']} {problem['remedy']}")
    count = len(problems) + sum(file.get("problems_left_out", 0) for file in result["files"])
    if count > SHOWN:
        say(f"… 另有 {count - SHOWN} 条，用 --errors 或 --json 查看全部 / more: use --errors or --json.")


def progress_bar(*, hidden: bool) -> Any:
    """A context that gives the progress callback; a bar on standard error when that is a terminal."""
    from api.cli.progress import Bar

    return Bar(hidden=hidden)
