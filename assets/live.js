/* Keeps a live page alive: see "Live path" in the design.

   A page says <... data-live-view="/live/ruang-kendali?locale=id" data-live-layout="...">; its cells
   say data-live="<key>". This file holds the picture (key -> value), takes the frames that change it
   and writes text, data-state and server-made fragments into the cells, also into cells that Dash
   mounts later. It never gives up, and it says since when it is cut off. Everything it keeps is
   bounded by the keys of one picture. */
(function () {
  'use strict';

  var HOLD = 2000;          // a changed cell stands still this long: digits that flicker cannot be read
  var SILENCE = 12000;      // a frozen server reports no error; beats come every 5 s
  var CONNECT = 5000;       // an address that swallows packets reports no error either
  var NO_MESSAGE = 10000;   // open, but a proxy keeps the stream to itself: poll
  var POLL = 2000;
  var RETRY_STREAM = 180000;
  var SHOW_CUT = 2000;      // shorter gaps (a restart) are no news
  var LAYOUT_EVERY = 10000;

  var html = document.documentElement;
  var picture = new Map();  // key -> wire value
  var shownAt = new Map();  // key -> when its cell last changed on screen
  var held = new Set();     // keys whose change waits for HOLD to pass
  var elements = new Map(); // key -> elements on the page now
  var fragments = new WeakMap();
  var root = null, followed = null, boot = '', version = -1;
  var stream = null, streamOpened = 0, streamHeard = false, streamFailures = 0;
  var polling = false, pollBusy = false, retryStreamAt = 0;
  var heardAt = -Infinity, heardTime = null, stuck = null, denied = false;
  var clock = null;         // {t: product time in ms, at: performance.now() then, speed, end: where it stands still}
  var reopenTimer = 0, pollTimer = 0, holdTimer = 0, layoutAt = -Infinity, startedAt = performance.now();
  var nested = false;       // a fragment brought cells of its own
  var reloading = false, formatter = null, formatterZone = '';

  function productNow() {
    return clock ? Math.min(clock.t + (performance.now() - clock.at) * clock.speed, clock.end) : null;
  }

  // -- writing ------------------------------------------------------------------------------

  function textOf(wire, element) {
    if (typeof wire === 'string') return wire;
    var text = wire.x || '';
    if (wire.e === undefined) return text;
    var now = productNow();
    // Not knowing the time, leave what the server wrote.
    if (now === null) return null;
    return text.replace('{ago}', ago(Math.max(0, Math.floor((now - wire.e) / 60000)), element));
  }

  // An element may have other words for minutes, hours and days than the page.
  function ago(minutes, element) {
    var own = element && element.getAttribute('data-units');
    var units = (own || root.getAttribute('data-units') || 'min|h|d').split('|');
    if (minutes < 120) return minutes + ' ' + units[0];
    if (minutes < 48 * 60) return Math.floor(minutes / 60) + ' ' + units[1];
    return Math.floor(minutes / 1440) + ' ' + units[2];
  }

  // Inside a fragment: <time data-since="ms since the epoch"> shows the time passed since then; with
  // data-fine below a minute in seconds.
  function elapsed(element) {
    var now = productNow();
    if (now === null) return;
    var seconds = Math.max(0, Math.floor((now - +element.getAttribute('data-since')) / 1000));
    if (seconds < 60 && element.hasAttribute('data-fine')) {
      setText(element, seconds + ' ' + (root.getAttribute('data-second') || 's'));
    } else {
      setText(element, ago(Math.floor(seconds / 60)));
    }
  }

  // Inside a fragment: [data-until="ms since the epoch"] has data-ahead while that instant is to come and
  // data-past once it has passed; neither as long as the time is not known.
  function expired(element) {
    var now = productNow();
    if (now === null) return;
    var past = now >= +element.getAttribute('data-until');
    element.toggleAttribute('data-past', past);
    element.toggleAttribute('data-ahead', !past);
  }

  function stateOf(wire) {
    return wire && typeof wire === 'object' && wire.s !== undefined ? wire.s : null;
  }

  function write(element, wire) {
    var state = stateOf(wire);
    if (state === null) {
      if (element.hasAttribute('data-state')) element.removeAttribute('data-state');
    } else if (element.getAttribute('data-state') !== state) {
      element.setAttribute('data-state', state);
    }
    if (typeof wire === 'object' && wire.h !== undefined) {
      if (fragments.get(element) !== wire.h) {
        element.innerHTML = wire.h;
        fragments.set(element, wire.h);
        element.querySelectorAll('[data-since]').forEach(elapsed);
        element.querySelectorAll('[data-until]').forEach(expired);
        if (element.querySelector('[data-live]')) nested = true;
      }
      return;
    }
    if (typeof wire === 'object' && wire.x === undefined) return;
    fragments.delete(element);
    var text = textOf(wire, element);
    if (text !== null && element.textContent !== text) element.textContent = text;
  }

  function paint(key) {
    var some = elements.get(key), wire = picture.get(key);
    if (!some) return;
    for (var i = 0; i < some.length; i++) write(some[i], wire === undefined ? '' : wire);
  }

  function change(key, wire) {
    var before = picture.get(key), now = performance.now(), last = shownAt.get(key);
    if (wire === undefined) picture.delete(key); else picture.set(key, wire);
    if (wire === undefined || last === undefined || now - last >= HOLD || stateOf(before) !== stateOf(wire)) {
      held.delete(key);
      if (wire === undefined) shownAt.delete(key); else if (before !== undefined) shownAt.set(key, now);
      paint(key);
    } else {
      held.add(key);
      if (!holdTimer) holdTimer = setTimeout(release, Math.max(20, last + HOLD - now));
    }
  }

  function release() {
    var now = performance.now(), next = Infinity;
    holdTimer = 0;
    writing(function () {
      held.forEach(function (key) {
        var due = (shownAt.get(key) || 0) + HOLD;
        if (due <= now) {
          held.delete(key);
          shownAt.set(key, now);
          paint(key);
        } else {
          next = Math.min(next, due);
        }
      });
    });
    if (next < Infinity) holdTimer = setTimeout(release, Math.max(20, next - now));
  }

  // Our own writes are no news to the observer; what Dash did just before them is.
  function writing(work) {
    mounted(observer.takeRecords());
    work();
    observer.takeRecords();
    if (nested) index();
  }

  function same(a, b) {
    return a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b));
  }

  function take(frame) {
    if (frame.p !== undefined && (frame.boot !== boot || frame.p !== version)) return false;
    writing(function () {
      if (frame.p === undefined) {
        Array.from(picture.keys()).forEach(function (key) {
          if (!(key in frame.set)) change(key, undefined);
        });
      }
      Object.keys(frame.set).forEach(function (key) {
        if (!same(picture.get(key), frame.set[key])) change(key, frame.set[key]);
      });
      frame.gone.forEach(function (key) { change(key, undefined); });
    });
    boot = frame.boot;
    version = frame.v;
    checkLayout();
    return true;
  }

  // -- cells that come and go ---------------------------------------------------------------

  function isLive(node) {
    return node.nodeType === 1 &&
      (node.hasAttribute('data-live') || node.hasAttribute('data-live-view') ||
        node.querySelector('[data-live],[data-live-view]') !== null);
  }

  function mounted(records) {
    for (var i = 0; i < records.length; i++) {
      if (records[i].type === 'attributes') { index(); return; }
      var all = [records[i].addedNodes, records[i].removedNodes];
      for (var k = 0; k < 2; k++) {
        for (var n = 0; n < all[k].length; n++) {
          if (isLive(all[k][n])) { index(); return; }
        }
      }
    }
  }

  function index() {
    nested = false;
    var found = document.querySelector('[data-live-view]');
    var view = found && found.getAttribute('data-live-view');
    root = found;
    elements.clear();
    document.querySelectorAll('[data-live]').forEach(function (element) {
      var key = element.getAttribute('data-live');
      if (elements.has(key)) elements.get(key).push(element); else elements.set(key, [element]);
    });
    if (view !== followed) {  // kept by itself: Dash may change the address on an element that stays
      followed = view;
      forget();
      if (root) { heardAt = performance.now(); open(); } else close();
    }
    picture.forEach(function (wire, key) { paint(key); });
    observer.takeRecords();
    if (nested) { index(); return; }
    second();
  }

  function forget() {
    picture.clear(); shownAt.clear(); held.clear();
    boot = ''; version = -1; denied = false; stuck = null; polling = false; streamFailures = 0;
  }

  var observer = new MutationObserver(mounted);

  // Another set of agencies needs other cells: Dash draws the page anew, without a reload.
  function checkLayout() {
    var wire = picture.get('layout'), now = performance.now();
    if (!root || wire === undefined || root.getAttribute('data-live-layout') === textOf(wire)) return;
    var button = document.getElementById('live-redraw');
    if (button && now - layoutAt > LAYOUT_EVERY) {
      layoutAt = now;
      button.click();
    }
  }

  // -- the stream ---------------------------------------------------------------------------

  function heard() {
    heardAt = performance.now();
    heardTime = productNow();
    denied = false;
  }

  function beat(body) {
    var now = performance.now(), known = productNow();
    // Messages arrive some milliseconds late, now more, now less: the clock must not jitter.
    var end = body.end === undefined ? Infinity : body.end;
    if (known === null || clock.speed !== body.speed || Math.abs(known - body.t) > 300 * body.speed) {
      clock = {t: body.t, at: now, speed: body.speed, end: end};
    } else {
      clock = {t: known, at: now, speed: body.speed, end: end};
    }
    stuck = body.stuck === undefined ? null : body.stuck;
    heard();
    second();
    newRelease(body.release);
  }

  function address(since) {
    var view = root.getAttribute('data-live-view');
    return since ? view + (view.indexOf('?') < 0 ? '?' : '&') + 'since=' + boot + '-' + version : view;
  }

  function open() {
    close();
    if (!root || document.hidden) return;
    if (polling) poll(); else openStream();
  }

  function openStream() {
    var source = new EventSource(address(false));
    stream = source;
    streamOpened = performance.now();
    streamHeard = false;
    function guarded(work) {
      return function (event) {
        if (stream !== source) return;
        if (!work(event)) failed(event.type === 'error');
      };
    }
    source.onmessage = guarded(function (event) {
      var fits = take(JSON.parse(event.data));
      if (fits) { works(); heard(); second(); }
      return fits;
    });
    source.addEventListener('beat', guarded(function (event) {
      works();
      beat(JSON.parse(event.data));
      return true;
    }));
    source.addEventListener('end', guarded(function () { return false; }));
    source.onerror = guarded(function () { return false; });
  }

  function works() {
    streamHeard = true;
    streamFailures = 0;
    stopPolling();
  }

  function closeStream() {
    if (stream) { stream.close(); stream = null; }
  }

  function close() {
    closeStream();
    clearTimeout(reopenTimer);
    clearTimeout(pollTimer);
    reopenTimer = pollTimer = 0;
  }

  function failed(refused) {
    var fruitless = !streamHeard;
    closeStream();
    if (polling) { retryStreamAt = performance.now() + RETRY_STREAM; return; }
    if (fruitless && refused) {
      streamFailures += 1;
      // Refused, forbidden, or only the stream is blocked? The polling form tells.
      ask().then(function (answered) {
        if (answered && streamFailures >= 3) startPolling();
      });
    }
    clearTimeout(reopenTimer);
    reopenTimer = setTimeout(open, 500 + Math.random() * 1000);
    second();
  }

  // -- polling, where a proxy blocks streams ------------------------------------------------

  function startPolling() {
    if (polling) return;
    polling = true;
    retryStreamAt = performance.now() + RETRY_STREAM;
    close();
    poll();
  }

  function stopPolling() {
    polling = false;
    clearTimeout(pollTimer);
    pollTimer = 0;
  }

  function poll() {
    clearTimeout(pollTimer);
    ask().then(function (answered) {
      if (!polling || !root || document.hidden) return;
      clearTimeout(pollTimer);
      pollTimer = setTimeout(poll, answered ? POLL : 500 + Math.random() * 1000);
    });
    if (performance.now() > retryStreamAt && !stream) {
      retryStreamAt = performance.now() + RETRY_STREAM;
      openStream();
    }
  }

  function ask() {
    if (pollBusy || !root) return Promise.resolve(false);
    pollBusy = true;
    var asked = root, abort = new AbortController();
    var timer = setTimeout(function () { abort.abort(); }, CONNECT);
    return fetch(address(true), {cache: 'no-store', signal: abort.signal}).then(function (answer) {
      if (answer.status === 401 || answer.status === 403) refused();
      if (!answer.ok) return false;
      return answer.json().then(function (body) {
        // A stream that came in the meantime knows better.
        if (asked === root && !(stream && streamHeard)) {
          if (!take(body)) return false;
          beat(body.beat);
        }
        return true;
      });
    }).catch(function () { return false; }).then(function (answered) {
      clearTimeout(timer);
      pollBusy = false;
      return answered;
    });
  }

  // -- once a second ------------------------------------------------------------------------

  function pad(n) { return (n < 10 ? '0' : '') + n; }

  function timeParts(ms) {
    var zone = root.getAttribute('data-zone') || 'UTC';
    if (zone !== formatterZone) {
      formatter = new Intl.DateTimeFormat('en-GB', {
        timeZone: zone, hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23'});
      formatterZone = zone;
    }
    var out = {};
    formatter.formatToParts(new Date(ms)).forEach(function (part) { out[part.type] = pad(+part.value); });
    return out;
  }

  function timeText(ms) {
    var parts = timeParts(ms), dot = root.getAttribute('data-dot') || '.';
    return parts.hour + dot + parts.minute + dot + parts.second;
  }

  function setText(element, text) {
    if (element && element.textContent !== text) element.textContent = text;
  }

  function second() {
    var now = performance.now(), time = productNow();
    if (!root) { rescue(now); return; }
    if (!document.hidden) watch(now);
    writing(function () {
      if (time !== null) {
        var parts = timeParts(time), dot = root.getAttribute('data-dot') || '.';
        setText(root.querySelector('[data-live-clock="minute"]'), parts.hour + dot + parts.minute);
        setText(root.querySelector('[data-live-clock="second"]'), dot + parts.second);
      }
      link(now);
      // Cut off, nobody knows whether the longest waiting was called: its time stands still, too.
      if (time !== null && !html.classList.contains('live-cut')) {
        picture.forEach(function (wire, key) {
          if (typeof wire === 'object' && wire.e !== undefined && !held.has(key)) paint(key);
        });
        root.querySelectorAll('[data-since]').forEach(elapsed);
        root.querySelectorAll('[data-until]').forEach(expired);
      }
    });
    checkLayout();
  }

  function watch(now) {
    if (stream) {
      var quiet = now - Math.max(streamOpened, heardAt);
      if (stream.readyState === 0 && now - streamOpened > CONNECT) failed(true);
      else if (!streamHeard && now - streamOpened > NO_MESSAGE) {
        closeStream();
        if (polling) retryStreamAt = now + RETRY_STREAM; else startPolling();
      } else if (quiet > SILENCE && !polling) failed(false);
    } else if (!polling && !reopenTimer && root) {
      open();
    }
  }

  // Says whether the figures are alive: class on <html>, words in [data-live-link].
  function link(now) {
    var since = null, words = '', cut;
    cut = now - heardAt > (polling ? 3 * POLL : stream && streamHeard ? SILENCE : SHOW_CUT);
    if (stuck !== null) since = stuck;
    else if (cut) since = heardTime;
    if (denied) words = root.getAttribute('data-denied') || '';
    else if (since !== null) words = (root.getAttribute('data-cut') || '').replace('{time}', timeText(since));
    else if (cut) words = root.getAttribute('data-cut-unknown') || '';
    var off = denied || cut || stuck !== null;
    html.classList.toggle('live-cut', off);
    html.classList.toggle('live-on', !off && version >= 0);
    html.setAttribute('data-live-mode', document.hidden ? 'hidden' : polling ? 'poll' : 'stream');
    document.querySelectorAll('[data-live-link]').forEach(function (element) { setText(element, words); });
  }

  // -- reloading: for a new release, and when the page never came up ---------------------------

  function reload(delay) {
    if (reloading) return;
    reloading = true;
    function later() {
      reloading = false;
      try { sessionStorage.removeItem('live-release'); } catch (error) { /* then it was never set */ }
    }
    setTimeout(function () {
      // Never swap a working page for a browser's error page.
      fetch(location.href, {cache: 'no-store'}).then(function (answer) {
        if (answer.ok || elsewhere(answer)) location.reload(); else later();
      }).catch(later);
    }, delay);
  }

  // Somebody else is signed in in this browser by now, or the account was taken something: what stands
  // here is no longer theirs to read. A display keeps its picture; so does everybody when it is a proxy
  // that refuses.
  function elsewhere(answer) {
    var refuses = (answer.status === 403 || answer.status === 404) && answer.headers.get('X-MPP') !== null;
    return denied && refuses && !html.getAttribute('data-device');
  }

  // The page itself knows where to go on: to the sign-in, or for a display to a new pairing. Once a
  // minute, in case the page may be seen and its figures not.
  function refused() {
    denied = true;
    try {
      if (Date.now() - sessionStorage.getItem('live-refused') <= 60000) return;
      sessionStorage.setItem('live-refused', Date.now());
    } catch (error) { return; }
    reload(0);
  }

  function newRelease(release) {
    var mine = html.getAttribute('data-release');
    if (!mine || !release || mine === release) return;
    var tried = null;
    try { tried = sessionStorage.getItem('live-release'); } catch (error) { /* no storage: no memory */ }
    // Two releases behind one address would make the page reload for ever: once per release.
    if (tried === release) return;
    try { sessionStorage.setItem('live-release', release); } catch (error) { return; }
    reload(Math.random() * 3000);
  }

  function rescue(now) {
    var page = document.getElementById('page');
    var blank = page ? page.childElementCount === 0 : document.querySelector('._dash-loading') !== null;
    if (blank && !document.hidden && now - startedAt > 15000) {
      startedAt = now;
      reload(0);
    }
  }

  // -- begin ------------------------------------------------------------------------------------

  document.addEventListener('visibilitychange', function () {
    if (document.hidden) { close(); html.setAttribute('data-live-mode', 'hidden'); } else {
      heardAt = performance.now();
      open();
      second();
    }
  });
  window.addEventListener('pagehide', close);
  window.addEventListener('pageshow', function (event) { if (event.persisted) open(); });
  window.addEventListener('online', open);
  observer.observe(document.documentElement, {
    childList: true, subtree: true, attributeFilter: ['data-live', 'data-live-view', 'data-live-layout']});
  setInterval(second, 1000);
  index();
})();
