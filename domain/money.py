"""Money as integer fen, read and written without rounding (DOMAIN §0.2)."""

from decimal import Decimal

import cn2an

from domain.kinds import LARGEST

FEN_PER_YUAN = 100
YUAN_PER_WAN = 10_000


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
        ValueError: with more than two decimals, or beyond 2^53 fen. Nothing is rounded.
    """
    fen = amount_yuan * FEN_PER_YUAN
    if fen != fen.to_integral_value():
        raise ValueError("more than two decimals")
    if abs(fen) > LARGEST:
        raise ValueError("more than an amount can hold")
    return int(fen)
