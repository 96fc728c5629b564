"""What a command says when something could not be done, and what to do about it."""

import sqlite3
import sys

import typer
from eventsourcing.persistence import PersistenceError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from audit.faults import BookFault
from audit.verify import BookUnreadable
from domain.refusal import Refused
from vault.sealing import Unreadable

DOCTOR = "mingzhang doctor; docs/operations.md"


def in_words(fault: BaseException) -> str | None:
    """What could not be done and what to do about it; None for a fault of ours, which is raised as it is."""
    return _of_the_ledger(fault) or _of_a_database(fault) or _of_the_person(fault)


def _of_the_ledger(fault: BaseException) -> str | None:
    match fault:
        case Refused():
            return f"{fault.code}: {fault.why} {fault.remedy}"
        case BookFault() | BookUnreadable() | Unreadable():
            return f"{fault} — {DOCTOR}"
        case LookupError() if type(fault) is LookupError:
            return str(fault)
        case _:
            return None


def _of_a_database(fault: BaseException) -> str | None:
    match fault:
        case PersistenceError():
            return f"账本无法使用 / The books cannot be used now: {fault}. — {DOCTOR}"
        case sqlite3.Error():
            return f"保管库无法使用 / The vault (vault.db) cannot be used now: {fault}. — {DOCTOR}"
        case _ if isinstance(fault, _errors_of_psycopg()):
            # Only what the server said: its detail could carry a row.
            said = str(fault).partition("\n")[0]
            return f"数据库无法使用 / The database cannot be used now: {said}. — {DOCTOR}"
        case DBAPIError():
            # Only what the engine said: SQLAlchemy's own words carry the statement and its values.
            return f"视图库无法使用 / The views (views.db) cannot be used now: {fault.orig}. — {DOCTOR}"
        case _:
            return None


def _errors_of_psycopg() -> tuple[type[BaseException], ...]:
    """The errors of the PostgreSQL driver, where it is in use at all: it is slow to load."""
    driver = sys.modules.get("psycopg")
    return (driver.Error,) if driver is not None else ()


def _of_the_person(fault: BaseException) -> str | None:
    words: str | None = None
    match fault:
        case ValidationError():
            words = "；".join(_setting(error["loc"], error["msg"]) for error in fault.errors(include_input=False))
        case OSError():
            words = f"{fault.strerror or fault}: {fault.filename or ''}"
        case typer.Abort():
            words = "已中止 / Stopped."
        case KeyboardInterrupt():
            words = "已中止；中断的导入会在下次启动时完成 / Stopped; the next start finishes an interrupted import."
        case _ if hasattr(fault, "format_message"):
            words = str(fault.format_message())
        case _:
            pass
    return words


def _setting(location: tuple[int | str, ...], message: str) -> str:
    name = "_".join(str(part) for part in location).upper()
    return f"环境变量有误 / The setting MINGZHANG_{name} is wrong: {message}. — docs/operations.md"
