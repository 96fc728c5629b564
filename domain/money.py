"""Money as integer fen, read and written without rounding (DOMAIN §0.2)."""

from decimal import Context, Decimal, Inexact

import cn2an

from domain.kinds import LARGEST

FEN_PER_YUAN = 100
YUAN_PER_WAN = 10_000

_EXACT = Context(prec=28, traps=[Inexact])
"""Arithmetic that says so when it would round; the default one silently rounds beyond 28 digits."""


def yuan(fen: int) -> str:
    """`fen` as people read it: 10_001 is `¥100.01`, -150 is `-¥1.50`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // FEN_PER_YUAN:,}.{abs(fen) % FEN_PER_YUAN:02d}"


def plain_yuan(fen: int) -> str:
    """`fen` as a number in yuan with two decimals and no separators, for tables and workbooks."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // FEN_PER_YUAN}.{abs(fen) % FEN_PER_YUAN:02d}"


def in_words(fen: int) -> str:
    """`fen` in Chinese capitals (大写金额): 60_000 is `陆佰元整`.

    Raises:
        ValueError: when the amount is beyond what the words can say (one quadrillion yuan).
    """
    if fen == 0:
        return "零元整"
    words: str = cn2an.an2cn(plain_yuan(abs(fen)), "rmb")
    return f"负{words}" if fen < 0 else words


def fen_of(amount_yuan: Decimal) -> int:
    """`amount_yuan` in fen.

    Raises:
        ValueError: with more than two decimals, beyond 2^53 fen, or not finite. Nothing is rounded.
    """
    if not amount_yuan.is_finite():
        raise ValueError("not a number")
    try:
        fen = _EXACT.to_integral_exact(_EXACT.multiply(amount_yuan, FEN_PER_YUAN))
    except Inexact as error:
        raise ValueError("more than two decimals") from error
    if abs(fen) > LARGEST:
        raise ValueError("more than an amount can hold")
    return int(fen)
