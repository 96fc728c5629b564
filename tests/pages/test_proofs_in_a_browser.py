"""What `proofs.js` computes, in a real Chromium, against the vectors of the RFCs and against what this ledger computes.

Each runs with the browser's own WebCrypto and without it.
"""

import hashlib
import random  # noqa: TID251  the test names its seed
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import BrowserContext, Page, Playwright

from api.notice_heads import fingerprint
from audit.log.checkpoint import Checkpoint
from audit.log.note import Ed25519Signer, signed
from audit.merkle import consistency_proof, inclusion_proof, root_of
from tests.pages.conftest import pages_of
from tests.pages.example import Guarded, Township
from tests.pages.serving import browsing, served

pytestmark = pytest.mark.browser

RFC_8032 = (
    # 7.1: secret, public, message, signature of TEST 1, 2, 3 and SHA(abc)
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
)

RFC_6962_LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
RFC_6962_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
"""The trees of 1 to 8 leaves with which implementations of RFC 6962 are tested (certificate-transparency)."""

L = 2**252 + 27742317777372353535851937790883648493
P = 2**255 - 19

WITHOUT = "Object.defineProperty(globalThis.crypto, 'subtle', { value: undefined })"


@pytest.fixture(scope="module")
def context(playwright: Playwright, chromium_path: str) -> Iterator[BrowserContext]:
    with browsing(playwright, chromium_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(pages_of(Township(), Guarded())) as where:
        yield where


@pytest.fixture(scope="module", params=["WebCrypto", "no WebCrypto"])
def page(request: pytest.FixtureRequest, context: BrowserContext, address: str) -> Page:
    """A page that has `proofs.js`, with and without the browser's own cryptography."""
    opened = context.new_page()
    if request.param == "no WebCrypto":
        opened.add_init_script(WITHOUT)
    opened.goto(f"{address}/check")
    assert opened.evaluate("crypto.subtle === undefined") == (request.param == "no WebCrypto")
    return opened


def verified(page: Page, public: str, message: str, signature: str) -> list[bool]:
    """What the browser's own code and ours say."""
    told: list[bool] = page.evaluate(
        """async (hex) => { const [key, message, signature] = hex.map(proofs.fromHex);
        return [await proofs.verified(key, message, signature), proofs.verifiedHere(key, message, signature)]; }""",
        [public, message, signature],
    )
    return told


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_the_signatures_of_rfc_8032_are_accepted_and_every_changed_one_is_not(
    page: Page, secret: str, public: str, message: str, signature: str
) -> None:
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).sign(bytes.fromhex(message)).hex() == signature

    assert verified(page, public, message, signature) == [True, True]
    assert verified(page, public, message + "00", signature) == [False, False]
    for place in (0, 31, 32, 62):
        raw = bytearray.fromhex(signature)
        raw[place] ^= 1
        assert verified(page, public, message, raw.hex()) == [False, False], place


def test_a_signature_that_is_no_reduced_number_or_a_key_that_is_no_point_is_refused(page: Page) -> None:
    _, public, message, signature = RFC_8032[1]
    raised = int.from_bytes(bytes.fromhex(signature[64:]), "little") + L
    malleable = signature[:64] + raised.to_bytes(32, "little").hex()
    no_point = (2).to_bytes(32, "little").hex()
    too_large = (P + 1).to_bytes(32, "little").hex()

    for key, sign in ((public, malleable), (no_point, signature), (too_large, signature), (public[:62], signature)):
        assert verified(page, key, message, sign) == [False, False]
    assert verified(page, public, message, signature[:126]) == [False, False]


def test_signatures_of_this_ledger_are_accepted_by_the_browsers_code_and_ours(page: Page) -> None:
    chance = random.Random(8032)
    for length in (0, 1, 63, 111, 112, 127, 128, 200):
        private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        message = chance.randbytes(length)

        public = private.public_key().public_bytes_raw().hex()
        assert verified(page, public, message.hex(), private.sign(message).hex()) == [True, True]


def test_both_digests_are_those_of_fips_180_4_at_every_length_around_a_block(page: Page) -> None:
    chance = random.Random(180)
    messages = [chance.randbytes(length) for length in (*range(131), 239, 240, 241, 1_000, 10_000)]

    told = page.evaluate(
        """async (all) => Promise.all(all.map(async (hex) => { const message = proofs.fromHex(hex);
        return [await proofs.sha256(message), proofs.sha256here(message), proofs.sha512here(message)].map(proofs.toHex);
        }))""",
        [message.hex() for message in messages],
    )

    expected = [
        [hashlib.sha256(message).hexdigest()] * 2 + [hashlib.sha512(message).hexdigest()] for message in messages
    ]
    assert told == expected


def test_the_trees_of_rfc_6962_have_the_roots_that_other_implementations_have(page: Page) -> None:
    told = page.evaluate(
        """async (all) => { const leaves = await Promise.all(all.map((hex) => proofs.leafOf(proofs.fromHex(hex))));
        const roots = leaves.map((_, at) => proofs.rootOf(leaves.slice(0, at + 1)));
        return (await Promise.all([...roots, proofs.rootOf([])])).map(proofs.toHex); }""",
        RFC_6962_LEAVES,
    )

    assert told == [*RFC_6962_ROOTS, hashlib.sha256().hexdigest()]


INCLUDED = """async (asked) => Promise.all(asked.map(([leaf, index, size, proof, root]) =>
    proofs.included(proofs.fromHex(leaf), index, size, proof.map(proofs.fromHex), proofs.fromHex(root))))"""
CONSISTENT = """async (asked) => Promise.all(asked.map(([old, oldRoot, size, root, proof]) =>
    proofs.consistent(old, proofs.fromHex(oldRoot), size, proofs.fromHex(root), proof.map(proofs.fromHex))))"""


def leaves_of(size: int) -> list[bytes]:
    return [hashlib.sha256(b"%d" % number).digest() for number in range(size)]


def in_hex(hashes: list[bytes]) -> list[str]:
    return [step.hex() for step in hashes]


def test_a_proof_of_inclusion_holds_at_its_place_and_at_no_other(page: Page) -> None:
    good: list[Any] = []
    wrong: list[Any] = []
    for size in range(1, 20):
        leaves, root = leaves_of(size), root_of(leaves_of(size)).hex()
        for index in range(size):
            proof = in_hex(inclusion_proof(leaves, index))
            leaf = leaves[index].hex()
            good.append([leaf, index, size, proof, root])
            wrong += [
                [leaves[(index + 1) % size].hex() if size > 1 else "00" * 32, index, size, proof, root],
                [leaf, (index + 1) % size if size > 1 else 1, size, proof, root],
                [leaf, index, size, [*proof, leaf], root],
                [leaf, index, size, proof[:-1] if proof else [leaf], root],
                [leaf, index, size, proof, leaf if size > 1 else "00" * 32],
                [leaf, size, size, proof, root],
                [leaf, -1, size, proof, root],
            ]

    assert page.evaluate(INCLUDED, good) == [True] * len(good)
    assert page.evaluate(INCLUDED, wrong) == [False] * len(wrong)


def test_a_proof_of_consistency_holds_between_its_two_trees_only(page: Page) -> None:
    good: list[Any] = []
    wrong: list[Any] = []
    other = "00" * 32
    for size in range(1, 18):
        leaves, root = leaves_of(size), root_of(leaves_of(size)).hex()
        for old in range(1, size + 1):
            before, proof = root_of(leaves[:old]).hex(), in_hex(consistency_proof(leaves, old))
            good.append([old, before, size, root, proof])
            wrong += [
                [old, other, size, root, proof],
                [old, before, size, other, proof],
                [old, before, size, root, [*proof, other]],
                [0, before, size, root, proof],
                [size + 1, before, size, root, proof],
                *([[old, before, size, root, proof[:-1]]] if proof else []),
            ]

    assert page.evaluate(CONSISTENT, good) == [True] * len(good)
    assert page.evaluate(CONSISTENT, wrong) == [False] * len(wrong)


def test_sizes_beyond_thirty_two_bits_are_counted_right(page: Page) -> None:
    """The last leaf of a tree of 2^40 + 1 leaves: its proof is the root of all that comes before."""
    leaf, before = (hashlib.sha256(name).digest() for name in (b"leaf", b"before"))
    root = hashlib.sha256(b"\x01" + before + leaf).hexdigest()
    size = 2**40 + 1

    assert page.evaluate(INCLUDED, [[leaf.hex(), size - 1, size, [before.hex()], root]]) == [True]
    assert page.evaluate(CONSISTENT, [[size - 1, before.hex(), size, root, [leaf.hex()]]]) == [True]


def test_a_note_is_read_as_this_ledger_writes_it_and_its_key_is_known(page: Page) -> None:
    signer = Ed25519Signer("ledger.test/1/money", bytes(range(32)))
    other = Ed25519Signer("ledger.test/1/money", bytes(32))
    witness = Ed25519Signer("witness.test", bytes(range(32)))
    checkpoint = Checkpoint(signer.name, 30_412, hashlib.sha256(b"root").digest())
    note = signed(checkpoint.text, [witness, signer])

    told = page.evaluate(
        """async ([note, vkeys]) => { const read = proofs.parsedNote(note);
        return [read.origin, read.size, proofs.toHex(read.root), await proofs.signerOf(read, vkeys),
        await proofs.signerOf(read, vkeys.slice(0, 1)), await proofs.fingerprintOf(vkeys[1])]; }""",
        [note, [other.vkey, signer.vkey]],
    )

    assert told == [
        *(signer.name, 30_412, checkpoint.root.hex()),
        *(signer.vkey, None, fingerprint(signer.vkey)),
    ]


@pytest.mark.parametrize(
    "note",
    [
        "no note",
        "origin\n5\nbad base64\n\n— origin AAAAAAA=\n",
        f"origin\n05\n{'A' * 43}=\n\n— origin AAAAAAA=\n",
        f"origin\n5\n{'A' * 43}=\nmore\n\n— origin AAAAAAA=\n",
    ],
)
def test_what_is_no_signed_head_is_not_read_as_one(page: Page, note: str) -> None:
    refused = "(note) => { try { proofs.parsedNote(note); return false; } catch { return true; } }"

    assert page.evaluate(refused, note) is True
