"""`mingzhang templates`: empty workbooks of the sheets that are taken."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.answer import answer_text


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("templates", help="写出各表的空白模板 / Write empty workbooks to fill in.")(templates)


def templates(
    folder: Annotated[Path, typer.Argument(help="写到哪个文件夹 / where to write them.", metavar="DIR")],
) -> None:
    """One workbook a sheet, with its columns explained."""
    from intake.sheets import SHEETS
    from intake.templates import write_templates

    for path in write_templates(folder, SHEETS.values()):
        answer_text(str(path))
