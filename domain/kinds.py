"""The kinds of value that an event may hold, each with its range and unit.

They are `msgspec` annotations, so one declaration gives the check on loading, the schema of REST bodies and
the documentation. Sealed bytes hold neither floats nor nulls (DESIGN §3): money and rates are integers,
quantities are decimal text, and what is not there is left out.
"""

from datetime import date
from typing import Annotated

from msgspec import Meta

LARGEST = 2**53 - 1
"""Integers stay below 2^53 so that any JSON reader keeps them exact (DESIGN §3)."""

LONGEST_TEXT = 32_767
"""Characters in one text, as in one Excel cell (FORMATS, Cells)."""


def whole(pattern: str) -> str:
    """`pattern` for a whole text, in Python as in JSON Schema; Python's bare `$` would let a last line feed pass."""
    return rf"^(?:{pattern})$(?!\n)"


Fen = Annotated[int, Meta(ge=0, le=LARGEST, description="Money in fen, zero or more.")]
PositiveFen = Annotated[int, Meta(gt=0, le=LARGEST, description="Money that moved, in fen, above zero.")]
SignedFen = Annotated[int, Meta(ge=-LARGEST, le=LARGEST, description="Money in fen, of either sign.")]
Ppm = Annotated[int, Meta(ge=0, le=LARGEST, description="A rate in parts per million: 4.65 % is 46500.")]
Count = Annotated[int, Meta(ge=0, le=LARGEST, description="A whole number, zero or more.")]
Position = Annotated[int, Meta(ge=1, le=LARGEST, description="A position in a book, from 1.")]
Day = date
Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Quantity = Annotated[
    str,
    Meta(
        pattern=whole(r"(0|[1-9][0-9]*)(\.[0-9]*[1-9])?"), description="A decimal number as text, without an exponent."
    ),
]
PersonRef = Annotated[str, Meta(pattern=whole(r"P-[0-9a-z]{16,26}"), description="A person in the vault.")]
AccountRef = Annotated[str, Meta(pattern=whole(r"A-[0-9a-z]{16,26}"), description="A bank account in the vault.")]
PhoneRef = Annotated[str, Meta(pattern=whole(r"T-[0-9a-z]{16,26}"), description="A telephone number in the vault.")]
AccountOrCash = Annotated[
    str, Meta(pattern=whole(r"A-[0-9a-z]{16,26}|现金"), description="A bank account in the vault, or 现金 (cash).")
]
Party = Annotated[
    str, Meta(max_length=64, description="A person in the vault, or an organisation by its credit code, as stated.")
]
Uscc = Annotated[str, Meta(max_length=64, description="统一社会信用代码 (GB 32100), as stated.")]
Sha256 = Annotated[str, Meta(pattern=whole(r"[0-9a-f]{64}"), description="A SHA-256 hash in lower-case hex.")]
Salt = Annotated[str, Meta(pattern=whole(r"[0-9a-f]{32}"), description="16 random bytes in lower-case hex.")]
Instant = Annotated[
    str,
    Meta(
        pattern=whole(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z"),
        description="An instant in UTC with microseconds.",
    ),
]
Moment = Annotated[
    str,
    Meta(
        pattern=whole(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}"),
        description="A time of day in Asia/Shanghai: 2020-05-11 08:30.",
    ),
]
Sealed = Annotated[
    str, Meta(description="AES-256-GCM ciphertext under one subject's key, base64; only the vault opens it.")
]
