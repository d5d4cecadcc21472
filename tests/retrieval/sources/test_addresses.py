"""Only public addresses may be asked, and those that the operator names."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.addresses import PrivateAddressError, UnresolvedHostError, UrlError, checked, is_public


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.3.4",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
        ),
        *(
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "::",
            "::1",
            "fe80::1",
            "fe80::1%eth0",
        ),
        *("fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"),
        *("64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::1"),
    ],
)
def test_addresses_that_are_not_of_the_public_internet_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_the_same_however_ipv6_wraps_it(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    wrapped = [f"::ffff:{address}", str(ipaddress.IPv6Address((0x64FF9B << 96) | number))]
    wrapped.append(str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80))))
    assert {is_public(each) for each in wrapped} == {is_public(str(address))}


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:7f00:1]"]
)
def test_loopback_is_refused_in_every_spelling(host: str) -> None:
    with pytest.raises(PrivateAddressError, match="allow_hosts"):
        checked(f"http://{host}:8080/x")


def test_one_private_address_among_public_ones_is_enough_to_refuse_a_name() -> None:
    with pytest.raises(PrivateAddressError, match=r"10\.0\.0\.1"):
        checked("https://mixed.example/", resolver=lambda *_: ["8.8.8.8", "10.0.0.1"])


def test_the_operator_may_allow_a_host_by_name_and_no_other() -> None:
    allowed = frozenset({"wiki.lan"})
    target = checked("http://Wiki.LAN./a b?c".replace(" ", "%20"), allowed, lambda *_: ["10.0.0.1"])
    assert (target.host, target.addresses, target.path) == ("wiki.lan", ("10.0.0.1",), "/a%20b?c")
    with pytest.raises(PrivateAddressError):
        checked("http://other.lan/", allowed, lambda *_: ["10.0.0.1"])


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x.org/",
        "file:///etc/passwd",
        "//x.org",
        "http://",
        "http://u:p@x.org/",
        "http://x.org:99999/",
        "http://a b/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(UrlError):
        checked(url, resolver=lambda *_: ["8.8.8.8"])


def test_a_name_without_an_address_is_refused_by_name() -> None:
    with pytest.raises(UnresolvedHostError, match=r"nowhere\.example"):
        checked("https://nowhere.example/", resolver=lambda *_: [])


def test_a_path_in_another_script_is_sent_in_ascii() -> None:
    target = checked("https://münchen.example/größe?q=ü", resolver=lambda *_: ["8.8.8.8"])
    assert target.host == "xn--mnchen-3ya.example"
    assert target.path == "/gr%C3%B6%C3%9Fe?q=%C3%BC"
