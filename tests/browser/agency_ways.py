"""Ways in which somebody of one agency tries to see another's data, each with a name
(tests/browser/test_agency_tries.py tries them)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.mpp.web.test_foreign_agency import OWN, SECRET


@dataclass(frozen=True)
class Way:
    """How it is tried: an address with {x} for the code (and forms of it), sent as ``how`` says: fetch,
    stream or typed. ``who`` meets the marks by it, "" where nobody may. ``own``: it leads to one's own
    page, where the words that were sent may come back in a link."""

    name: str
    url: str
    who: str = "both"
    how: str = "fetch"
    method: str = "GET"
    body: Any = None
    form: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    own: bool = False

    def asked(self, code: str) -> dict[str, Any]:
        """The request for that code."""
        forms = {
            "x": code, "X": code.upper(), "code": "".join(f"%{ord(letter):02X}" for letter in code),
            "twice": "".join(f"%25{ord(letter):02X}" for letter in code), "rest": code[2:],
        }  # fmt: skip
        said: dict[str, Any] = {"url": filled(self.url, forms), "method": self.method}
        headers = {name: filled(value, forms) for name, value in self.headers}
        if self.body is not None:
            said["body"] = filled(json.dumps(self.body), forms)
            headers["Content-Type"] = "application/json"
        if self.form:
            said["body"] = filled(self.form, forms)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return said | {"headers": headers}


def filled(text: str, forms: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: forms[found[1]], text)


def routed(pathname: Any, search: str = "", **more: Any) -> dict[str, Any]:
    """The body that draws a page, as Dash's own script posts it."""
    inputs = [("url", "pathname", pathname), ("url", "search", search), ("live-redraw", "n_clicks", 0)]
    return {
        "output": "page.children",
        "outputs": {"id": "page", "property": "children"},
        "changedPropIds": ["url.pathname"],
        "inputs": [{"id": a, "property": b, "value": c} for a, b, c in inputs],
    } | more


def dash(name: str, pathname: Any, search: str = "", who: str = "both", **more: Any) -> Way:
    own = "own" in name
    body = routed(pathname, search, **more)
    return Way(name, "/_dash-update-component", who, method="POST", body=body, own=own)


def press(name: str, url: str, *, own: bool = False, **fields: str) -> Way:
    form = "&".join(f"{key}={value}" for key, value in fields.items())
    return Way(name, url, "", method="POST", form=form, own=own)


WAYS = (
    # addresses, typed
    Way("its page", "/instansi/{x}", how="typed"),
    Way("its page in capitals", "/instansi/{X}", "", how="typed"),
    Way("its history", "/instansi/{x}/riwayat?per=minggu", how="typed"),
    Way("a counter of it", "/loket/{x}/1", how="typed"),
    Way("its cases", "/berkas/{x}", how="typed"),
    Way("the wall's page of it", "/ruang-kendali?page=gerai&agency={x}", "manager", how="typed"),
    Way("one's own page for it", f"/instansi/{OWN}?agency={{x}}&scope={{x}}", "", how="typed", own=True),
    # addresses, fetched
    Way("its ratings", "/instansi/{x}/penilaian"),
    Way("the quality of its data", "/instansi/{x}/mutu"),
    Way("its counters' day", "/instansi/{x}/loket?hari=2026-11-23"),
    Way("its downloads", "/instansi/{x}/unduh"),
    Way("letters written as numbers", "/instansi/{code}"),
    Way("written as numbers twice", "/instansi/{twice}", ""),
    Way("wide letters", "/instansi/\uff5a\uff5a{rest}", ""),
    Way("letters of another alphabet", "/instansi/zz\u0430{rest}", ""),
    Way("up and down again", f"/instansi/{OWN}/../{{x}}"),
    Way("up and down in disguise", f"/instansi/{OWN}/%2e%2e%2f{{x}}", ""),
    Way("two slashes", "/instansi//{x}", ""),
    Way("a slash behind", "/instansi/{x}/"),
    Way("a backslash", "/instansi/%5C{x}", ""),
    Way("with a parameter in the path", f"/instansi/{OWN};agency={{x}}", ""),
    Way("with a zero", f"/instansi/{OWN}%00{{x}}", ""),
    Way("with a line's end", "/instansi/{x}%0A", ""),
    Way("both at once", f"/instansi/{OWN},{{x}}", ""),
    Way("all of them", "/instansi/*?agency={x}", ""),
    Way("the list of agencies", "/instansi?agency={x}", own=True),
    Way("the list of counters", "/loket?agency={x}", own=True),
    Way("only its head", "/instansi/{x}", "", method="HEAD"),
    Way("by another method", "/instansi/{x}", "", method="PUT"),
    Way("another address in a header", f"/instansi/{OWN}/mutu", "",
        headers=(("X-Original-URL", "/instansi/{x}"), ("X-Rewrite-URL", "/instansi/{x}")), own=True),
    Way("another name in a header", "/instansi/{x}", "",
        headers=(("X-Forwarded-User", "manager"), ("Authorization", "Basic bTpt"))),
    Way("a counter as JSON", "/loket/{x}/1", headers=(("Accept", "application/json"),)),
    Way("a file of cases", "/berkas/{x}/unggah"),
    # callbacks, posted by hand
    dash("the callback that draws", "/instansi/{x}"),
    dash("the callback for a tab", "/instansi/{x}/mutu", "?hal=1"),
    dash("the callback for the wall", "/ruang-kendali", "?page=gerai&agency={x}", "manager"),
    dash("the callback for one's own page", f"/instansi/{OWN}", "?scope={x}&agency={x}", ""),
    dash("the callback with a list", ["/instansi/{x}"], who=""),
    dash("the callback with two paths", f"/instansi/{OWN}?/instansi/{{x}}", who=""),
    dash("the callback as somebody", "/instansi/{x}", "", "",
         state=[{"id": "actor", "property": "data", "value": {"role": "manager", "agencies": ["{x}"]}}]),
    dash("another callback", "/instansi/{x}", "", "", output="_pages_content.children"),
    Way("what Dash lays out", "/_dash-layout?agency={x}", ""),
    # streams
    Way("its stream", "/live/instansi?scope={x}", how="stream"),
    Way("its stream behind one's own", f"/live/instansi?scope={OWN}&scope={{x}}", "", how="stream"),
    Way("its stream before one's own", f"/live/instansi?scope={{x}}&scope={OWN}", how="stream"),
    Way("its stream with more rights", "/live/instansi?scope={x}&locale=id%7Cfull", "", how="stream"),
    Way("two in one scope", f"/live/instansi?scope={OWN}%7C{{x}}%7Cid%7Cfull", "", how="stream"),
    Way("the wall's stream of it", "/live/ruang-kendali-gerai?scope={x}", "manager", how="stream"),
    Way("the stream asked once", "/live/instansi?scope={x}&since=0-0"),
    Way("the wall's stream asked once", "/live/ruang-kendali?since=0-0&agency={x}", "manager"),
    # files
    Way("its tickets as CSV", "/instansi/{x}/unduh/tickets.csv?from=2026-11-01&to=2026-11-23"),
    Way("its tickets as a workbook", "/instansi/{x}/unduh/tickets.xlsx"),
    Way("its file by one's own way", f"/instansi/{OWN}/unduh/..%2f..%2f{{x}}%2funduh%2ftickets.csv", ""),
    Way("one's own file for it", f"/instansi/{OWN}/unduh/tickets.csv?agency={{x}}", "", own=True),
    # what is written
    press("a button pressed there", "/loket/{x}/1", press="open", id="spy-1", seen=""),
    press("a case taken in there", "/berkas/{x}/terima", number="S-1", service="stnk-1th", id="spy-2"),
    press("a case of it ended", "/berkas/{x}/ubah", key=f"{SECRET}-berkas-1", what="collected", id="spy-3"),
    press("its case ended at home", f"/berkas/{OWN}/ubah?q={{x}}", key=f"{SECRET}-berkas-1", what="completed",
          id="spy-4", source="4", own=True),
    Way("its alarm taken", "/api/v1/actions", "", method="POST",
        body={"id": "spy", "episode": "over/{x}/20261123T020000Z", "note": "dicoba"}),
    Way("an event of it", "/api/v1/events", "", method="POST", body=[{"id": "1", "data": {"agency": "{x}"}}]),
    # what is meant for programs, and what goes wrong
    Way("the board", "/api/v1/board?agency={x}", "manager"),
    Way("the board it may know already", "/api/v1/board?agency={x}", "", headers=(("If-None-Match", "*"),)),
    Way("the description of the interface", "/api/v1/openapi.json?agency={x}", "", own=True),
    Way("the measurements", "/metrics?agency={x}", ""),
    Way("the health", "/readyz?agency={x}", ""),
    Way("its page in the administration", "/admin/instansi/{x}", ""),
    Way("a body that is none", "/_dash-update-component", "", method="POST", form="{x}"),
    Way("a page that is not there", "/nosuch/{x}", ""),
    Way("the way on after signing in", "/masuk?next=/instansi/{x}", "", how="typed"),
)  # fmt: skip
WAYS_BY_NAME = {way.name: way for way in WAYS}
