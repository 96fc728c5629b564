"""A QR code as SVG, drawn with attributes only."""

from functools import lru_cache
from io import BytesIO

import segno
from markupsafe import Markup


@lru_cache(maxsize=256)
def qr_svg(text: str) -> Markup:
    """`text` as a QR code with error correction M and the quiet zone of four modules; decoration, so it has no title.

    What it says stands beside it in letters.
    """
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(
        drawn,
        kind="svg",
        xmldecl=False,
        svgns=True,
        border=4,
        omitsize=True,
        svgclass="qr",
        lineclass=None,
        dark="#000",
    )
    return Markup(drawn.getvalue().decode())  # noqa: S704  segno's own drawing; the text is in it as squares only
