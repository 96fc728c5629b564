"""Asking a time-stamping authority (RFC 3161) over HTTP, and the settings that name it."""

import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from http.client import HTTPException
from pathlib import Path
from time import monotonic
from typing import IO, NamedTuple
from urllib.parse import urlsplit

from cryptography import x509

from api.settings import Settings
from audit.timestamps import LARGEST_ANSWER_BYTES, StampInvalid, load_certificates
from domain.refusal import Refused

Ask = Callable[[bytes], bytes]
"""Takes a request (DER), gives the authority's answer (DER)."""

PATIENCE_SECONDS = 20.0
"""For the whole of one answer; authorities on the other side of the world take two."""

PIECE_BYTES = 16 * 1024


class Authority(NamedTuple):
    """Whom to ask for stamps, and up to which certificates theirs has to chain."""

    ask: Ask
    trusted: Sequence[x509.Certificate]


def authority_of(settings: Settings, *, address: str | None = None, certificates: Path | None = None) -> Authority:
    """The authority that the settings name, unless an address or a file of certificates is given.

    Raises:
        Refused: `E-REF` when nothing names them, or there is no such file; `E-SCHEMA` when it is no such thing.
    """
    address = address or settings.tsa_url
    if not address:
        raise Refused(
            "E-REF",
            field="--tsa",
            why="No time-stamping authority is named.",
            remedy="Give its address: --tsa URL, or MINGZHANG_TSA_URL; or ask by file: mingzhang anchor request.",
        )
    return Authority(over_http(address), trusted_of(settings, certificates))


def trusted_of(settings: Settings, certificates: Path | None = None) -> list[x509.Certificate]:
    """The certificates that stamps are verified by, from the file given or the one that the settings name.

    Raises:
        Refused: as `authority_of`.
    """
    file = certificates or settings.tsa_ca
    if file is None:
        raise Refused(
            "E-REF",
            field="--ca",
            why="No certificate of a time-stamping authority is named.",
            remedy="Give its root certificate in PEM, got from it by another way: --ca FILE, or MINGZHANG_TSA_CA.",
        )
    try:
        return load_certificates(file.read_bytes())
    except OSError as fault:
        why, code = f"The file {file} cannot be read: {fault.strerror}.", "E-REF"
    except StampInvalid as fault:
        why, code = f"{file}: {fault}", "E-SCHEMA"
    raise Refused(code, field="--ca", why=why, remedy="Give the authority's root certificate in PEM.")


def over_http(address: str, *, seconds: float = PATIENCE_SECONDS) -> Ask:
    """Ask at an address, `http://…` or `https://…` (RFC 3161, 3.4).

    A stamp is signed, so that plain HTTP takes nothing from it.

    Raises:
        Refused: `E-SCHEMA` when it is no such address.
    """
    host = urlsplit(address).hostname
    if urlsplit(address).scheme not in ("http", "https") or not host:
        raise Refused(
            "E-SCHEMA",
            field="--tsa",
            why="A time-stamping authority's address begins with http:// or https:// and names a host.",
            remedy="Give it as the authority tells it.",
        )

    def ask(question: bytes) -> bytes:
        asked = urllib.request.Request(  # noqa: S310  the scheme is one of the two above
            address,
            data=question,
            headers={"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=seconds) as answer:  # noqa: S310  as above
                body = _read(answer, monotonic() + seconds)
        except urllib.error.HTTPError as fault:
            with fault:
                raise _away(host, f"it answered with status {fault.code}") from fault
        except (OSError, HTTPException) as fault:
            reason = getattr(fault, "reason", fault)
            late = isinstance(reason, TimeoutError)
            raise _away(host, f"none within {seconds:g} s" if late else type(reason).__name__) from fault
        if len(body) > LARGEST_ANSWER_BYTES:
            raise _away(host, f"it goes on beyond {LARGEST_ANSWER_BYTES} bytes")
        return body

    return ask


def _read(answer: IO[bytes], until: float) -> bytes:
    """The body, within the time that there is; of one that is too long, enough to tell."""
    read = getattr(answer, "read1", answer.read)
    body = b""
    while len(body) <= LARGEST_ANSWER_BYTES and (piece := read(PIECE_BYTES)):
        body += piece
        if monotonic() > until:
            raise TimeoutError
    return body


def _away(host: str, why: str) -> Refused:
    return Refused(
        "E-STATE",
        field="--tsa",
        value=host,
        why=f"The time-stamping authority at {host} gave no answer: {why}. Nothing was stored.",
        remedy="Try again later, or ask by file: mingzhang anchor request, then mingzhang anchor store.",
    )
