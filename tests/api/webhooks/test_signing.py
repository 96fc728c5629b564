"""Signatures as Standard Webhooks has them, by its own published example."""

import pytest

from api.webhooks.signing import key_in, new_secret, signed_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""The test vector of the specification's reference libraries."""


def test_the_published_example_is_signed_as_the_specification_signs_it() -> None:
    headers = signed_headers([SECRET], MESSAGE, TIMESTAMP, BODY)

    assert headers == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": str(TIMESTAMP),
        "webhook-signature": SIGNATURE,
    }


def test_two_secrets_make_two_signatures_parted_by_a_blank() -> None:
    other = new_secret(bytes)

    first, second = signed_headers([other, SECRET], MESSAGE, TIMESTAMP, BODY)["webhook-signature"].split(" ")

    assert second == SIGNATURE
    assert first.startswith("v1,")
    assert first != second


@pytest.mark.parametrize("secret", ["whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_not base64!"])
def test_what_is_no_secret_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_ and") as refusal:
        key_in(secret)

    assert secret == "whsec_" or secret not in str(refusal.value)


def test_an_id_with_a_full_stop_is_not_signed_since_it_could_be_read_in_two_ways() -> None:
    with pytest.raises(ValueError, match="full stop"):
        signed_headers([SECRET], "msg.1", TIMESTAMP, BODY)
