/* The buttons of one counter (/loket/...). What is pressed gets its id here and stays in this browser
   until the server has answered: sent in its order, sent again after a lost connection or a reload, and
   counted once however often it is sent. A press carries the mark of the state it was pressed on; the
   mark that follows a press is told here by the same rules as counters/buttons.py has. */
(function () {
  'use strict';

  var POLL = 4000, OUT_POLL = 30000, RETRY = 2000, MOST_RETRY = 60000, PATIENCE = 20000, BROKEN_TRIES = 7;
  var words = document.getElementById('desk-words');
  var keysOn = document.getElementById('desk-keys');
  if (!words || !document.getElementById('desk')) return;

  var here = location.pathname;
  // Who works here: what was pressed waits for that person, whoever signs in on this browser meanwhile.
  var who = words.getAttribute('data-who') || '';
  var STORE = 'mpp-loket:' + who + ':' + here, KEYS = 'mpp-loket-keys';
  var offset = Date.parse(panel().dataset.now) - Date.now();
  // ``out``: the word of why nothing is sent at all ('out', 'gone'), empty otherwise. ``stale``: the panel is
  // no longer what the server drew, so that the next answer must hold it whole.
  var lost = null, out = '', stale = false, sending = false, tries = 0, pressed = 0, pollTimer = 0, retryTimer = 0, shown = panel().outerHTML;
  var memory = [];

  function panel() { return document.getElementById('desk'); }
  function now() { return Date.now() + offset; }
  function word(name, values) {
    var text = words.getAttribute('data-' + name) || '';
    Object.keys(values || {}).forEach(function (key) { text = text.split('{' + key + '}').join(values[key]); });
    return text;
  }
  function clock(at) {
    var time = new Date(at);
    var two = function (n) { return (n < 10 ? '0' : '') + n; };
    return two(time.getHours()) + '.' + two(time.getMinutes());
  }
  function uuid() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (byte) {
      return (byte + 256).toString(16).slice(1);
    }).join('');
  }

  // -- what waits to be sent --------------------------------------------------------------------

  // Where the browser keeps nothing, the page itself does, as long as it is open.
  function queue() {
    try { return JSON.parse(localStorage.getItem(STORE)) || []; } catch (_) { return memory; }
  }
  function keep(list) {
    memory = list;
    try { localStorage.setItem(STORE, JSON.stringify(list)); } catch (_) { /* memory holds it */ }
  }
  function done(id) { keep(queue().filter(function (one) { return one.id !== id; })); }

  // -- the rules of counters/buttons.py ---------------------------------------------------------

  function parse(mark) {
    var parts = mark.split('|');
    return { state: parts[0], ticket: parts.slice(1, -2).join('|'), leg: parts[parts.length - 2], step: parts.length > 2 ? parts[parts.length - 1] : '' };
  }
  function format(seen) {
    return seen.step ? [seen.state, seen.ticket, seen.leg, seen.step].join('|') : seen.state + '|';
  }
  function after(press) {
    var seen = parse(press.seen), what = press.press.split(':')[0];
    if (what === 'open' || what === 'resume') seen.state = 'open';
    if (what === 'pause') seen.state = 'paused';
    if (what === 'close') seen.state = 'closed';
    if (what === 'start') seen.step = 'serving';
    if (what === 'no_show' || what === 'finish') seen.step = '';
    if (what === 'next') {
      if (press.next !== 'walk-in') return null;
      seen = { state: 'open', ticket: here.slice(1) + '/' + press.id, leg: '1', step: 'serving' };
    }
    return format(seen);
  }
  function possible(mark, next) {
    var seen = parse(mark), can = {};
    if (seen.state === 'closed') return { open: true };
    if (seen.step === 'called') can.no_show = true;
    if (seen.step === 'serving') can.finish = true;
    if (seen.state === 'paused') {
      can.resume = true;
      if (!seen.step) can.close = true;
      return can;
    }
    can.pause = true;
    if (seen.step === 'called') can.start = can.recall = true;
    if (!seen.step) { can.close = true; if (next) can.next = true; }
    return can;
  }
  // Every day begins closed: what was kept yesterday says nothing of today.
  function mark() {
    var found = panel().dataset.mark, told = Date.parse(panel().dataset.now);
    queue().forEach(function (press) { found = after(press); told = Date.parse(press.at); });
    return new Date(told).toDateString() === new Date(now()).toDateString() ? found : 'closed|';
  }
  // Whom a next is pressed for: who is shown; whoever sat down without a number before is
  // followed by such.
  function whom() {
    return queue().some(function (one) { return one.next === 'walk-in'; }) ? 'walk-in' : panel().dataset.next;
  }

  // -- drawing ----------------------------------------------------------------------------------

  function tell() {
    var list = queue(), box = document.getElementById('desk-lost'), text = '';
    if (out) text = word(out);
    else if (lost !== null) text = word('lost', { time: clock(lost) });
    if (list.length && (out || lost !== null)) text += ' ' + (list.length === 1 ? word('one') : word('some', { n: list.length }));
    if (list.length && lost !== null && mark() === null) text += ' ' + word('number');
    if (box.textContent !== text) box.textContent = text;
    box.hidden = !text;
  }
  // While something waits to be sent, the buttons follow what will be, not what the server said last.
  function follow() {
    var list = queue();
    tell();
    var last = mark(), can = last === null ? {} : possible(last, whom());
    // Calling a number needs the server; after the cut the whole panel is drawn anew.
    var uncalled = lost !== null && whom() !== 'walk-in';
    stale = stale || uncalled;
    if (!list.length && last === panel().dataset.mark) {
      panel().querySelectorAll('[data-press]').forEach(function (button) {
        if (uncalled && button.dataset.press === 'next') button.disabled = true;
      });
      return;
    }
    if (uncalled) delete can.next;
    panel().querySelectorAll('[data-press]').forEach(function (button) {
      button.disabled = !can[button.dataset.press.split(':')[0]];
    });
    panel().querySelectorAll('[data-show]').forEach(function (group) { group.hidden = !can[group.dataset.show]; });
    if (last !== null && lost !== null) {
      var seen = parse(last), name = document.getElementById('desk-state');
      name.textContent = word(seen.state === 'open' && seen.step ? 'serving' : seen.state);
    }
  }
  function draw(told) {
    offset = Date.parse(told.now) - Date.now();
    stale = false;
    var made = document.createElement('template');
    made.innerHTML = told.html;
    var fresh = made.content.firstElementChild;
    if (same(fresh)) { panel().dataset.now = told.now; follow(); return; }
    var focus = document.activeElement, open = panel().contains(focus);
    var key = open && (focus.dataset.press || focus.id);
    // What an officer is typing or has chosen stays while the state is the same.
    var kept = {};
    if (fresh.dataset.mark === panel().dataset.mark) {
      panel().querySelectorAll('input:not([type=hidden]), select').forEach(function (one) { kept[one.id] = one.value; });
    }
    panel().replaceWith(fresh);
    shown = comparable(fresh);
    Object.keys(kept).forEach(function (id) { var one = document.getElementById(id); if (one) one.value = kept[id]; });
    if (key) {
      var again = document.getElementById(key) || fresh.querySelector('[data-press="' + CSS.escape(key) + '"]:not(:disabled)');
      if (!again || again.closest('[hidden]')) again = fresh.querySelector('.button.first:not(:disabled)') || fresh.querySelector('[data-show]:not([hidden]) .button');
      if (again) again.focus();
    }
    follow();
    tick();
  }
  // Two panels are the same but for the ids of their presses, the instant and the minutes that pass.
  function comparable(element) {
    return element.outerHTML.replace(/name="id" value="[^"]*"/g, '').replace(/data-now="[^"]*"/, '')
      .replace(/(<time[^>]*>)[^<]*/g, '$1');
  }
  shown = comparable(panel());
  function same(fresh) { return !queue().length && comparable(fresh) === shown && comparable(panel()) === shown; }

  function tick() {
    panel().querySelectorAll('time[data-since]').forEach(function (time) {
      var minutes = Math.max(0, Math.floor((now() - Date.parse(time.dataset.since)) / 60000));
      if (minutes < 1440) time.textContent = time.textContent.replace(/^[\d.,]+/, minutes);
    });
  }

  function refused(press, why) {
    var list = document.getElementById('desk-refused'), item = document.createElement('li');
    item.textContent = word('refused', { time: clock(Date.parse(press.at)), press: press.name, why: why });
    var hide = document.createElement('button');
    hide.type = 'button';
    hide.textContent = word('hide');
    hide.className = 'button second';
    hide.addEventListener('click', function () { item.remove(); list.hidden = !list.children.length; });
    item.appendChild(hide);
    list.appendChild(item);
    list.hidden = false;
  }

  // -- sending ----------------------------------------------------------------------------------

  function ask(body) {
    var stop = new AbortController(), timer = setTimeout(function () { stop.abort(); }, PATIENCE);
    var options = { headers: { Accept: 'application/json' }, signal: stop.signal, credentials: 'same-origin' };
    if (body) {
      options.method = 'POST';
      options.headers['Content-Type'] = 'application/json';
      options.body = JSON.stringify(Object.assign({who: who}, body));
    }
    var at = body || stale || lost !== null ? here : here + '?v=' + encodeURIComponent(panel().dataset.version);
    return fetch(at, options).then(function (answer) {
      if (answer.status === 204) return null;
      var json = (answer.headers.get('Content-Type') || '').indexOf('json') > 0;
      if (answer.status === 401 || answer.redirected || (answer.ok && !json)) throw 'out';
      if (answer.status === 500) throw 'broken';
      if (answer.status > 500 || answer.status === 429) throw 'lost';
      if (answer.status === 404) throw 'gone';
      if (answer.status === 403) throw 'out';
      return answer.json();
    }).finally(function () { clearTimeout(timer); });
  }
  function disarm() { clearTimeout(retryTimer); retryTimer = 0; }
  function heard() { lost = null; out = ''; tries = 0; disarm(); }
  function failed(why) {
    if (why === 'out' || why === 'gone') { out = why; lost = null; disarm(); }
    else { out = ''; if (lost === null) lost = now(); }
    follow();
    tell();
  }
  // One timer, however many ask: 2 s, 4 s ... 60 s. Signed out nothing is sent again before the poll
  // is answered.
  function again() {
    disarm();
    if (!out) retryTimer = setTimeout(function () { retryTimer = 0; send(); }, Math.min(MOST_RETRY, RETRY * Math.pow(2, tries - 1)));
  }

  // What is sent at once (``fresh``, an id) is of this instant by the server's clock, whatever ours says.
  function send(fresh) {
    var press = queue()[0];
    if (sending || out || !press) return;
    disarm();
    sending = true;
    ask(press.id === fresh ? Object.assign({}, press, { at: undefined }) : press).then(function (told) {
      heard();
      done(press.id);
      if (told.why) refused(press, told.refused || told.why);
      if (told.html) draw(told); else tell();
      sending = false;
      send();
    }, function (why) {
      sending = false;
      tries += 1;
      failed(why);
      if (why === 'broken' && tries >= BROKEN_TRIES) giveUp(press); else again();
    });
  }
  // The server fails at this press again and again, while it answers otherwise: those after it go on.
  function giveUp(press) {
    sending = true;
    ask().then(function (told) {
      heard();
      done(press.id);
      refused(press, word('broken'));
      if (told) draw(told);
    }, failed).then(function () {
      sending = false;
      if (lost === null) send(); else again();
      tell();
    });
  }
  function poll() {
    clearTimeout(pollTimer);
    pollTimer = setTimeout(poll, out ? OUT_POLL : POLL);
    if (sending || document.hidden) return;
    if (queue().length && !out) { if (!retryTimer) send(); return; }
    var before = pressed;
    ask().then(function (told) {
      // Asked before a press, it tells an older state.
      if (before !== pressed || (queue().length && !out)) return;
      heard();
      if (queue().length) { send(); return; }
      if (told) draw(told); else tell();
    }, failed);
  }

  function press(button) {
    var seen = mark();
    if (button.disabled || seen === null) return;
    var form = button.form, made = { id: uuid(), seen: seen, press: button.dataset.press, at: new Date(now()).toISOString() };
    ['note', 'due', 'service', 'to'].forEach(function (name) {
      var field = form.elements[name];
      if (field && field.value) made[name] = field.value;
    });
    made.name = button.querySelector('.text').textContent;
    if (made.press === 'next') made.next = whom();
    pressed += 1;
    keep(queue().concat([made]));
    // At once, so that a double press finds nothing to press.
    follow();
    send(made.id);
  }

  document.addEventListener('submit', function (event) {
    if (!panel().contains(event.target)) return;
    event.preventDefault();
    var button = event.submitter || event.target.querySelector('[data-press]:not(:disabled)');
    if (button && button.dataset.press) press(button);
  });
  document.addEventListener('keydown', function (event) {
    if (!keysOn.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target !== keysOn) return;
    var button = panel().querySelector('[data-key="' + CSS.escape(event.key.toLowerCase()) + '"]');
    if (!button || button.disabled || button.closest('[hidden]')) return;
    event.preventDefault();
    button.focus();
    press(button);
  });
  try { keysOn.checked = localStorage.getItem(KEYS) !== 'off'; } catch (_) { /* as it stands */ }
  keysOn.addEventListener('change', function () {
    try { localStorage.setItem(KEYS, keysOn.checked ? 'on' : 'off'); } catch (_) { /* for this page only */ }
  });
  document.addEventListener('visibilitychange', function () { if (!document.hidden) poll(); });
  window.addEventListener('online', function () { tries = 0; send(); poll(); });
  window.addEventListener('storage', follow);

  function beat() { if (!out && !retryTimer) ask({ press: 'beat' }).catch(function () { /* the poll tells */ }); }
  setInterval(beat, 1000 * (Number(words.dataset.beat) || 120));
  setTimeout(beat, 3000);
  setInterval(tick, 5000);
  follow();
  send();
  pollTimer = setTimeout(poll, POLL);
})();
