"""`mingzhang vault`: the master key, the vault's own backup, holds, and erasing a person by two people."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.answer import answer, open_ledger, say

app = typer.Typer(
    name="vault",
    help="保管库：主密钥、备份、法定保全、注销 / Master key, backup, holds, erasure.",
    no_args_is_help=True,
)

Json = Annotated[bool, typer.Option("--json", help="打印 JSON / print JSON.")]
Actor = Annotated[str, typer.Option("--actor", help="谁办理 / who does it: your name in the office.")]
Reason = Annotated[str, typer.Option("--reason", help="事由，不写姓名号码 / why, without names or numbers.")]
Subject = Annotated[str, typer.Argument(help="person:-（从标准输入读证号）或 person:P-… / number on standard input.")]

WORDS = {
    "requested": "已申请，待第二人确认 / Asked for; a second person has to confirm it, under another --actor.",
    "erased": "已注销：账内只剩代号 / Erased: the reference is all that is left.",
    "withdrawn": "已撤回申请 / The request is withdrawn.",
    "not requested": "没有待确认的申请 / Nothing was asked for.",
    "held": "已保全，不得注销 / Held: nobody may erase this person.",
    "released": "已解除保全 / The hold is released.",
    "not held": "没有保全 / There was no hold.",
}


@app.command("rotate")
def rotate_master_key(
    context: typer.Context,
    *,
    new_key_file: Annotated[
        Path | None, typer.Option("--new-key-file", help="新主密钥的文件；不给则自动生成 / the new key; else drawn.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Put a new master key in force while others go on reading and writing; broken off, it goes on where it stopped."""
    from api.cli.progress import Bar
    from api.folder import Folder
    from api.rotating import rotate

    with Bar(hidden=as_json) as bar:
        told = rotate(Folder(context.obj), new_key_file, progress=lambda done: bar("rotate", "", done, done))
    if as_json:
        answer(told)
        return
    say(f"已更换主密钥，旧密钥不再有效 / A new master key is in force; the old one opens nothing: {told['master_key']}")
    if told["setting"]:
        say(f"请让 {told['setting']} 给出新密钥 / Let {told['setting']} give the new key from now on.")
    say("请另行备份新密钥，销毁旧密钥 / Back up the new key elsewhere, and destroy the old one.")


@app.command("backup")
def back_up_vault(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="新文件夹 / a new folder.", metavar="DIR")],
    *,
    as_json: Json = False,
) -> None:
    """Copy the vault alone, while it is in use, into a folder with a retention of its own."""
    from api.backing_up import back_up_vault as back_up
    from api.folder import Folder

    told = back_up(Folder(context.obj), folder)
    if as_json:
        answer(told)
        return
    say(f"保管库已备份 / The vault is backed up at {folder}.")


@app.command("erase")
def erase_person(
    context: typer.Context,
    subject: Subject,
    *,
    actor: Actor = "keeper",
    reason: Reason = "本人申请 / asked for by the person",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="撤回未确认的申请 / take the request back.")] = False,
    as_json: Json = False,
) -> None:
    """Erase a person: one asks for it, another confirms it; refused under legal hold."""
    from api import erasing

    ledger, person = open_ledger(context), read_subject(subject)
    told = erasing.withdraw(ledger, person) if withdraw else erasing.erase(ledger, person, actor=actor, reason=reason)
    show(told, as_json=as_json)


@app.command("hold")
def hold_person(
    context: typer.Context, subject: Subject, *, reason: Reason, actor: Actor = "keeper", as_json: Json = False
) -> None:
    """Let nobody erase a person until the hold is released (an inquiry, a lawsuit)."""
    from api import erasing

    show(erasing.hold(open_ledger(context), read_subject(subject), actor=actor, reason=reason), as_json=as_json)


@app.command("release")
def release_person(context: typer.Context, subject: Subject, *, as_json: Json = False) -> None:
    """Take the hold on a person away."""
    from api import erasing

    show(erasing.release(open_ledger(context), read_subject(subject)), as_json=as_json)


def read_subject(subject: str) -> str:
    """The subject, its number read from standard input where it says `-`: no number stands on a command line."""
    return subject[:-1] + sys.stdin.readline().strip() if subject.endswith(":-") else subject


def show(told: dict[str, Any], *, as_json: bool) -> None:
    """What became of it."""
    if as_json:
        answer(told)
        return
    say(f"{told['person']}: {WORDS[told['state']]}")
