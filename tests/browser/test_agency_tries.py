"""Somebody of one agency sits at a browser and tries every way to see another's data. The other is full of
marks; whatever comes back is searched for them, and is the same as for an agency that does not exist.
Somebody of both agencies, or the manager, meets the marks by the same ways: else there were none to find.

Ways that need no browser, and every route there is: tests/mpp/web/test_foreign_agency.py."""

from __future__ import annotations

import base64
import io
import re
import statistics
import zipfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from mpp.live.actions import take
from mpp.web.context import parts_of
from tests.browser.agency_ways import WAYS, WAYS_BY_NAME, Way
from tests.browser.day import SENTENCE, ServedDay, served_day
from tests.browser.harness import live
from tests.mpp.web import house
from tests.mpp.web.test_foreign_agency import (
    ABSENT,
    FOREIGN,
    NAMES,
    OWN,
    SECRET,
    foreign_toml,
    happenings,
)
from tests.services import CHROMIUM_ARGS
from tests.world import MORNING

pytestmark = pytest.mark.browser

MARKS = (SECRET, NAMES, FOREIGN, "99871")
"""What happened there, what it is called, its code, its extension."""


# -- the mall --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedDay]:
    """Two busy agencies on a Monday morning; the control room has taken a row of the other's by name."""
    text = foreign_toml(house.EXAMPLE.read_text(encoding="utf-8"))
    with served_day(tmp_path_factory.mktemp("tries"), MORNING, text) as made:
        parts = parts_of(made.app)
        for agency, service, tag in ((OWN, "kk", "kita"), (FOREIGN, "stnk-1th", SECRET)):
            taken = parts.intake.accept(agency, list(happenings(agency, service, tag)))
            assert {answer.status for answer in taken} == {"accepted"}
        next(job for job in parts.jobs.jobs if job.name == "actions").run(parts.now())
        for row in parts.board.board().actions:
            if row.what.agency == FOREIGN and row.kept:
                now, episode = parts.now(), row.episode
                take(parts.store, now, id="z", episode=episode, who=SECRET, note=SECRET, minutes=None)
        made.clock.push(0.1)  # the day's figures are summed anew some seconds after a change
        for login, agency in (("sari", OWN), ("budi", FOREIGN)):
            made.person(login, "agency", agency, name=f"{SECRET} budi" if login == "budi" else "Sari")
        yield made


@pytest.fixture(scope="module")
def spy(mall: ServedDay, browser: Browser) -> Iterator[Page]:
    """Somebody of the one agency, on the own page."""
    yield from seated(mall, browser, "agency", OWN)


@pytest.fixture(scope="module")
def both(mall: ServedDay, browser: Browser) -> Iterator[Page]:
    """Somebody of both."""
    yield from seated(mall, browser, "agency", OWN, FOREIGN)


@pytest.fixture(scope="module")
def manager(mall: ServedDay, browser: Browser) -> Iterator[Page]:
    yield from seated(mall, browser, "manager")


def seated(mall: ServedDay, browser: Browser, role: str, *agencies: str) -> Iterator[Page]:
    page = mall.enter(browser, role, agencies)
    page.goto(mall.address(f"/instansi/{OWN}"))
    live(page)
    yield page
    page.context.close()


# -- trying ----------------------------------------------------------------------------------------------

FETCH = """async ({url, ...more}) => {
  const answer = await fetch(url, more), bytes = new Uint8Array(await answer.arrayBuffer());
  let body = '';
  for (let at = 0; at < bytes.length; at += 8192)
    body += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return {status: answer.status, headers: [...answer.headers], body: btoa(body)};
}"""

STREAM = """url => new Promise(done => {
  const stream = new EventSource(url);
  const end = told => { stream.close(); done(told); };
  stream.onmessage = event => end('told ' + event.data);
  stream.onerror = () => end('refused');
})"""

SEEN = """() => document.documentElement.outerHTML + document.title
  + JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"""


def tried(page: Page, way: Way, code: str) -> tuple[int, str, str]:
    """Status, head and all that came back."""
    asked = way.asked(code)
    if way.how == "stream":
        return 0, "", page.evaluate(STREAM, asked["url"])
    if way.how == "typed":
        return typed(page, asked["url"])
    found = page.evaluate(FETCH, asked)
    body = base64.b64decode(found["body"])
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body = b"".join(archive.read(name) for name in archive.namelist())
    head = sorted(line for line in map(": ".join, found["headers"]) if not line.startswith("date:"))
    return found["status"], "\n".join(head), body.decode("utf-8", "replace")


def typed(page: Page, url: str) -> tuple[int, str, str]:
    """In a tab of the same browser: what was sent, what stands there and what it keeps."""
    tab = page.context.new_page()
    answer = tab.goto(str(page.evaluate("url => new URL(url, location).href", url)))
    assert answer is not None
    if tab.locator("[data-live-view]").count():
        live(tab)
    told = answer.text() + tab.evaluate(SEEN)
    tab.close()
    return answer.status, "", told


def marks(text: str, *, echo: bool = False) -> set[str]:
    """Which marks stand in a text; ``echo``: the code was sent and may come back."""
    found = {mark for mark in MARKS if mark in text.casefold()}
    return found - {FOREIGN} if echo else found


def nameless(text: str, code: str) -> str:
    """What came back, without the code that was sent."""
    return re.sub(re.escape(code[2:]), "*", text, flags=re.IGNORECASE)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_a_way(spy: Page, both: Page, manager: Page, way: Way) -> None:
    status, head, told = tried(spy, way, FOREIGN)
    assert marks(head + told, echo=way.own) == set()
    there, before, nothing = tried(spy, way, ABSENT)
    assert status == there
    if not way.own:  # Dash's pages carry a number that is new each time
        assert nameless(head, FOREIGN) == nameless(before, ABSENT)
        assert nameless(told, FOREIGN) == nameless(nothing, ABSENT)
    if way.who:
        asked = {"both": both, "manager": manager}[way.who]
        assert marks(tried(asked, way, FOREIGN)[2]) & {SECRET, NAMES}, "there is nothing to be found this way"


def test_they_are_at_least_forty() -> None:
    assert len({way.name for way in WAYS}) == len(WAYS) >= 40


# -- how long it takes -----------------------------------------------------------------------------------

ASKS = 15
TIMED = """async ([pairs, rounds]) => {
  const ask = async ({url, ...more}) => {
    const began = performance.now();
    await (await fetch(url, more)).arrayBuffer();
    return performance.now() - began;
  };
  const took = pairs.map(() => []);
  for (let n = 0; n < rounds; n++) {
    for (let k = 0; k < pairs.length; k++) {
      const at = (k + n) % pairs.length;  // in turn, and nobody always first
      took[at].push(await ask(pairs[at]));
    }
  }
  return took;
}"""


def earlier(one: list[float], other: list[float]) -> float:
    """How likely an ask of the one takes less than one of the other: a half where nothing tells them
    apart, 0 or 1 where one look at the clock does."""
    return statistics.fmean((a < b) + 0.5 * (a == b) for a in one for b in other)


CLOCKED = (
    "its ratings",
    "a counter as JSON",
    "its tickets as CSV",
    "the stream asked once",
    "the callback that draws",
)


@pytest.mark.parametrize("name", CLOCKED)
def test_the_clock_does_not_tell_them_apart_either(spy: Page, name: str) -> None:
    """Fifteen asks of both and of one's own, in turn. Chance alone goes beyond these bounds once in some
    ten thousand runs, an answer that takes twice as long nearly always. That the database is asked the same
    for both, whatever the clock says: tests/mpp/web/test_foreign_agency.py."""
    pair = [WAYS_BY_NAME[name].asked(code) for code in (FOREIGN, ABSENT)]
    theirs, nobodys = spy.evaluate(TIMED, [pair, ASKS])
    assert 0.08 < earlier(theirs, nobodys) < 0.92, (statistics.median(theirs), statistics.median(nobodys))


def test_the_clock_could_tell(spy: Page) -> None:
    """What is there takes longer than what is not."""
    own, nobodys = (WAYS_BY_NAME["its ratings"].asked(code) for code in (OWN, ABSENT))
    there, nothing = spy.evaluate(TIMED, [[own, nobodys], ASKS])
    assert earlier(nothing, there) > 0.9, (statistics.median(there), statistics.median(nothing))


# -- one browser, two people -----------------------------------------------------------------------------


@pytest.fixture
def shared(browser: Browser, chromium: str) -> Iterator[Page]:
    """A page in a browser that keeps the pages behind its back button, as people's browsers do."""
    kept = browser.browser_type.launch(
        executable_path=chromium,
        args=list(CHROMIUM_ARGS),
        ignore_default_args=["--disable-back-forward-cache"],
    )
    context = kept.new_context(locale="id-ID", timezone_id="Asia/Jakarta")
    yield context.new_page()
    kept.close()


def sign_in(page: Page, mall: ServedDay, login: str) -> None:
    page.goto(mall.address("/masuk"))
    page.get_by_label("Nama masuk").fill(login)
    page.get_by_label("Kata sandi").fill(SENTENCE)
    page.get_by_role("button", name="Masuk", exact=True).click()
    live(page)


def sign_out(page: Page, mall: ServedDay) -> None:
    page.goto(mall.address("/akun"))
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_label("Nama masuk")).to_be_visible()


KEPT = """async addresses => JSON.stringify([
  {...localStorage}, {...sessionStorage}, document.cookie, await caches.keys(), await indexedDB.databases(),
  (await navigator.serviceWorker.getRegistrations()).length,
  await Promise.all(addresses.flatMap(address => ['force-cache', 'only-if-cached'].map(
    cache => fetch(address, {cache, mode: 'same-origin'}).then(answer => answer.text(), String)))),
])"""


def test_the_back_button_does_not_lead_to_who_sat_there_before(shared: Page, mall: ServedDay) -> None:
    rests = (
        "instansi/{}",
        "instansi/{}/penilaian",
        "loket/{}/1",
        "berkas/{}",
        "instansi/{}/unduh/tickets.csv",
    )
    addresses = ["/" + rest.format(FOREIGN) for rest in rests]
    sign_in(shared, mall, "budi")
    for address in addresses[:4]:
        shared.goto(mall.address(address))
        assert marks(shared.content())
    assert marks(shared.evaluate(KEPT, addresses))
    sign_out(shared, mall)
    sign_in(shared, mall, "sari")
    assert marks(shared.evaluate(SEEN)) == set()
    assert marks(shared.evaluate(KEPT, addresses)) == set()
    pages = 0
    while shared.go_back(wait_until="load") and shared.url != "about:blank":
        assert marks(shared.evaluate(SEEN), echo=True) == set(), shared.url
        pages += 1
    assert pages >= len(addresses[:4])


def test_in_two_tabs_there_is_one_account(shared: Page, mall: ServedDay) -> None:
    """Who signs in in one tab is signed in in the other; what stood there goes."""
    sign_in(shared, mall, "budi")
    assert marks(shared.evaluate(SEEN))
    second = shared.context.new_page()
    sign_out(second, mall)
    sign_in(second, mall, "sari")
    asked = WAYS_BY_NAME["the callback that draws"]
    assert marks(tried(shared, asked, FOREIGN)[2]) == set()
    assert tried(shared, WAYS_BY_NAME["its stream"], FOREIGN)[2] == "refused"
    # Refused, it asks for its page anew: that is no longer theirs.
    expect(shared.locator("h1")).to_have_text("Halaman tidak ditemukan")
    assert marks(shared.evaluate(SEEN), echo=True) == set()


LED_AWAY = """code => {
  const place = document.querySelector('[data-live-view]');
  place.dataset.liveView = place.dataset.liveView.replace(/scope=[a-z]+/, 'scope=' + code);
}"""


def test_ones_own_page_led_to_another_stream_stays_empty(spy: Page) -> None:
    """The address of the stream, changed by hand in the page itself."""
    with spy.expect_navigation():  # refused, it asks for its page anew
        spy.evaluate(LED_AWAY, FOREIGN)
    live(spy)
    assert marks(spy.evaluate(SEEN), echo=True) == set()
