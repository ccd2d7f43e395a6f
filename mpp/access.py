"""Who may see and do what: a pure table, without requests, cookies or databases.

Until people and devices exist there are three kinds of visitor: somebody at this very machine,
somebody who knows the view token, and anybody else. What a source may write is decided by its own
token (:mod:`mpp.web.api.events`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import MappingProxyType
from typing import Final

from mpp.i18n import Words, words

AREAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "page": "view",
        "live": "view",
        "board": "view",
        "actions": "view",
        "metrics": "view",
        "events": "source",
        "api": "anybody",
        "health": "anybody",
        "sign_in": "anybody",
        "asset": "anybody",
    }
)
"""What each part of the address space asks for: view (a look at the mall), source (a source's
token, checked where the events are taken) or nothing."""

SIGN_IN: Final = "/masuk"
_EXACT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "/api/v1/board": "board",
        "/api/v1/actions": "actions",
        "/api/v1/events": "events",
        "/healthz": "health",
        "/readyz": "health",
        "/metrics": "metrics",
        SIGN_IN: "sign_in",
    }
)
_PREFIXES: Final = (
    ("/live/", "live"),
    ("/api/", "api"),
    ("/assets/", "asset"),
    ("/_dash-component-suites/", "asset"),
    ("/_favicon.ico", "asset"),
)


def area(path: str) -> str:
    """The area a request path belongs to; whatever is not named is a page."""
    exact = _EXACT.get(path)
    if exact is not None:
        return exact
    return next((name for prefix, name in _PREFIXES if path.startswith(prefix)), "page")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: ``token`` says that the view token was shown (itself or its cookie), ``remote`` is
    the address the request came from, ``host`` the name it was sent to (the Host header)."""

    token: bool
    remote: str | None
    host: str


def may(visitor: Visitor, area_name: str, *, guarded: bool) -> bool:
    """Whether a visitor may use an area. ``guarded``: the installation has a view token.

    Without a token only this machine may look, under a name of its own: a page of the web that
    made its name point here (DNS rebinding) is refused, and so is a proxy that serves others.
    """
    if AREAS[area_name] != "view":
        return True
    if guarded:
        return visitor.token
    return is_loopback(visitor.remote or "") and is_loopback(host_name(visitor.host))


def host_name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def is_loopback(name: str) -> bool:
    """Whether an address or host name means this machine."""
    if name.lower().rstrip(".") == "localhost":
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def bind_problem(host: str, view_token: str, w: Words | None = None) -> str | None:
    """Why the product must not listen on ``host``, in the language of ``w`` (English without); None
    when it may."""
    if view_token or is_loopback(host):
        return None
    w = w or words("en")
    return w.text(
        "refusing to listen on {host}: everybody on the network could look. Set MPP_VIEW_TOKEN to a word "
        "that viewers must know, or listen on 127.0.0.1",
        host=host,
    )
