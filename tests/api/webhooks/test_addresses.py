"""Which addresses a webhook may reach, and which it may not, whatever their names say."""

import ipaddress

import pytest

from api.webhooks.addresses import NotAllowed, Reach, Target, located, refuse, target_of

METADATA = ["169.254.169.254", "100.100.100.200", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fe80::1"]
PRIVATE = ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "::1", "fd00::1", "::ffff:10.0.0.1"]
NOWHERE = [
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "ff02::1",
    "192.0.2.1",
    "2002:a00:1::1",
    "64:ff9b::a00:1",
]
PUBLIC = ["1.1.1.1", "2606:4700:4700::1111"]


@pytest.mark.parametrize("address", [*METADATA, *NOWHERE])
@pytest.mark.parametrize("reach", Reach)
def test_addresses_of_clouds_and_of_nobody_are_never_reached(address: str, reach: Reach) -> None:
    with pytest.raises(NotAllowed):
        refuse(ipaddress.ip_address(address), reach, secure=reach is not Reach.INSECURE)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_networks_are_reached_only_where_that_was_allowed(address: str) -> None:
    private = ipaddress.ip_address(address)

    with pytest.raises(NotAllowed, match="--private"):
        refuse(private, Reach.PUBLIC, secure=True)

    refuse(private, Reach.PRIVATE, secure=True)
    refuse(private, Reach.INSECURE, secure=False)


@pytest.mark.parametrize("address", PUBLIC)
def test_the_internet_is_reached_by_https_and_never_by_plain_http(address: str) -> None:
    public = ipaddress.ip_address(address)

    refuse(public, Reach.PUBLIC, secure=True)

    with pytest.raises(NotAllowed, match="Plain http"):
        refuse(public, Reach.INSECURE, secure=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example.cn/",
        "ftp://receiver.example.cn/",
        "https://user:password@receiver.example.cn/",
        "https://receiver.example.cn/#part",
        "https://",
        "https:///path",
        "https://receiver.example.cn:0/",
        "https://receiver.example.cn:99999/",
        "https://[::1/",
        "https://10.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://收件.example.cn/",
        "https://receiver.example.cn/a b",
        "https://receiver.example.cn\\@10.0.0.1/",
        "https://receiver.example.cn/\r\nX-Header: 1",
        "javascript:alert(1)",
        "/path",
    ],
)
def test_what_is_no_address_of_a_receiver_is_refused_before_anybody_is_asked(url: str) -> None:
    with pytest.raises(NotAllowed):
        target_of(url, Reach.PUBLIC)


def test_an_address_is_taken_apart_with_its_usual_port_and_its_query() -> None:
    assert target_of("https://receiver.example.cn", Reach.PUBLIC) == Target(
        secure=True, host="receiver.example.cn", port=443, path="/"
    )
    assert target_of("http://localhost:8080/a?b=c", Reach.INSECURE) == Target(
        secure=False, host="localhost", port=8080, path="/a?b=c"
    )


def test_a_name_that_leads_to_this_machine_is_found_out_when_it_is_looked_up() -> None:
    target = target_of("https://localhost/", Reach.PUBLIC)

    with pytest.raises(NotAllowed, match="--private"):
        located(target, Reach.PUBLIC)

    assert ipaddress.ip_address(located(target, Reach.PRIVATE)).is_loopback


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0"])
def test_this_machine_is_recognised_in_the_numbers_that_only_resolvers_understand(host: str) -> None:
    target = target_of(f"https://{host}/", Reach.PUBLIC)

    with pytest.raises((NotAllowed, OSError)):
        located(target, Reach.PUBLIC)
