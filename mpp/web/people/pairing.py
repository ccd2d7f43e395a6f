"""A screen or kiosk asks to be let in: ``/pasang``.

It shows a code until a manager types it on their own page of devices. The token that then becomes the
device's lies in this browser's session from the beginning and opens nothing before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from flask import Flask, Response, redirect, request, session
from flask_limiter import Limiter, RateLimitExceeded
from werkzeug.wrappers import Response as AnyResponse

from mpp.access import DEVICES, PAIR, SIGN_IN
from mpp.i18n import Words
from mpp.people import devices
from mpp.people.device_checks import STARTS, for_display
from mpp.store.devices import Device, Pairing
from mpp.web.asked import local
from mpp.web.context import Parts
from mpp.web.language import locale_of
from mpp.web.plain import Child, button, el, page
from mpp.web.session import DEVICE, Known, become_device, device_mark, known_now

RATE: Final = "20/minute"
"""So many new codes of one address; looking whether somebody has confirmed one is not counted."""
EVERY_S: Final = 4
"""How often the screen looks; assets/pairing.js knows it from the page."""
PERSON: Final = "orang"
"""In the query of the sign-in page: a person asks for it, in a browser that was a device."""
WAITING: Final = "pairing"
"""Where the session keeps the token of a device that is not let in yet."""


def register(app: Flask, parts: Parts, limiter: Limiter) -> None:
    """Serve it."""

    @limiter.limit(lambda: RATE)
    def counted() -> None:
        """Counts one new code of the address."""

    desk = _Pairing(parts, counted)

    @app.get(PAIR)
    def pairing() -> AnyResponse:
        return desk.show()


class _Pairing:
    def __init__(self, parts: Parts, counted: Callable[[], None]) -> None:
        self._parts, self._counted = parts, counted

    def show(self) -> AnyResponse:
        """What this browser has to do next."""
        w, known = self._parts.words_for(locale_of(self._parts.settings.locale)), known_now()
        if known.device is not None:
            return self._paired(known.device, w)
        if known.person is not None:
            return self._somebody(known, w)
        if self._parts.mode == "replay":
            return self._screen(w, 409, el("h1", w.text("Nothing can be paired with a replay")))
        return self._code(w)

    # -- a device that is none yet ---------------------------------------------------------------

    def _code(self, w: Words) -> AnyResponse:
        now, token = self._parts.real(), str(session.get(WAITING, ""))
        found = devices.waits(self._parts.store, token, now) if token else None
        if found is not None and found.device_id is not None:
            become_device(token)
            return redirect(pair_at(request.args.get("next", "")), 303)
        kind = self._kind(found)
        if found is not None and found.kind == kind:
            return self._shown(found.code, kind, w)
        try:
            self._counted()
            remote = request.remote_addr or ""
            token, code = devices.ask(self._parts.store, now, kind, remote, instead=token)
        except (RateLimitExceeded, devices.BusyError):
            text = w.text("Too many devices ask for a code now. This one goes on by itself in some minutes.")
            return self._screen(w, 429, el("h1", w.text("Please wait")), el("p", text))
        # The old token stays until another holds: the gate leads whoever has one here, not to passwords.
        session[WAITING] = token
        return self._shown(code, kind, w)

    def _kind(self, found: Pairing | None) -> str:
        """Display or kiosk: what is asked for, what was, what this device used to be."""
        asked = request.args.get("kind")
        if asked in DEVICES:
            return asked
        if found is not None:
            return found.kind
        before = devices.of_token(self._parts.store, str(session[DEVICE])) if DEVICE in session else None
        return before.kind if before is not None else DEVICES[0]

    def _shown(self, code: str, kind: str, w: Words) -> Response:
        kinds = {"display": w.text("Wall display"), "kiosk": w.text("Kiosk")}
        links = [
            el(
                "a",
                name,
                href=pair_at(request.args.get("next", ""), kind=one),
                class_="button second",
                aria_current="true" if one == kind else None,
            )
            for one, name in kinds.items()
        ]
        here = request.host_url.rstrip("/")
        return self._screen(
            w,
            200,
            el("h1", w.text("Pair this screen") if kind == "display" else w.text("Pair this kiosk")),
            el("p", f"{code[:3]} {code[3:]}", class_="code", aria_label=" ".join(code)),
            el(
                "p",
                w.text(
                    "The manager opens {page} at {address}, types this code and gives the device a name. "
                    "This screen then goes on by itself.",
                    page=w.text("Devices"),
                    address=here,
                ),
            ),
            el("p", w.text("A code holds for ten minutes; then a new one stands here."), class_="hint"),
            # Who came here though they are a person: by leaving the sign-in page alone, or in a browser that
            # was a device once.
            el("p", el("a", w.text("Sign in as a person"), href=_for_person()), class_="hint"),
            el("nav", links, class_="kinds", aria_label=w.text("What this device is")),
        )

    # -- a device, a person ----------------------------------------------------------------------

    def _paired(self, device: Device, w: Words) -> AnyResponse:
        if device.kind == "display":
            # Where it came from, unless somebody gave it an address; one that is no page any more is none.
            asked, start = request.args.get("next", ""), device.start
            if start == STARTS["display"] or not for_display(start):
                start = asked if for_display(asked) else STARTS["display"]
            return redirect(start, 303)
        text = w.text("This kiosk has no page yet: rating at the kiosk comes with a later release.")
        return self._screen(
            w,
            200,
            el("p", w.text("Paired"), class_="hint"),
            el("h1", device.name),
            el("p", text),
            scripts=("pairing.js", "device.js"),
            html={"data_device": device_mark(), "data_release": self._parts.release},
        )

    def _somebody(self, known: Known, w: Words) -> Response:
        text = w.text(
            "You are signed in as {name}. A screen or kiosk belongs to nobody: sign out here first if "
            "this browser is to become one.",
            name=known.actor.name,
        )
        out = el("form", button(w.text("Sign out"), kind="second"), method="post", action="/keluar")
        return page(
            w.text("Pair this device"),
            el(
                "section",
                el("h1", w.text("Pair this device")),
                el("p", text, class_="lead"),
                el("p", w.text("To let in a device that shows a code elsewhere, open Devices.")),
                out,
                class_="card",
            ),
            words=w,
            mall=self._parts.board.latest().mall,
            actor=known.actor,
            main="narrow",
        )

    def _screen(
        self,
        w: Words,
        status: int,
        *body: Child,
        scripts: Sequence[str] = ("pairing.js",),
        html: Mapping[str, str] | None = None,
    ) -> Response:
        """A page to be read from 3 m that looks by itself whether something has changed."""
        mall = self._parts.board.latest().mall
        return page(
            w.text("Pair this device"),
            mall and el("p", mall, class_="hint"),
            body,
            words=w,
            mall=mall,
            status=status,
            main="pairing",
            scripts=scripts,
            refresh=EVERY_S,
            html=html,
        )


def _for_person() -> str:
    onward = request.args.get("next", "")
    return f"{SIGN_IN}?{urlencode({PERSON: 1} | ({'next': local(onward)} if onward else {}))}"


def pair_at(onward: str = "", **query: str) -> str:
    """The address to be paired at; a display that came from one of its pages goes on there."""
    query |= {"next": onward} if for_display(onward) else {}
    return PAIR + (f"?{urlencode(query)}" if query else "")
