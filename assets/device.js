/* A paired display or kiosk says once a minute that it is there (POST /api/v1/device) and begins anew
   where its page was drawn for something else. That this browser is a device the page says itself:
   <html data-device="mark">. Nothing here is ever shown, and nothing is kept from one report to the next. */
(function () {
  'use strict';

  var EVERY = 60000, FIRST = 3000, TIMEOUT = 15000;
  var html = document.documentElement, mark = html.getAttribute('data-device');
  if (!mark) return;

  function battery() {
    if (!navigator.getBattery) return Promise.resolve(null);
    return navigator.getBattery().then(
      function (found) { return Math.round(found.level * 100); },
      function () { return null; });
  }

  function report(percent) {
    var abort = new AbortController();
    var timer = setTimeout(function () { abort.abort(); }, TIMEOUT);
    return fetch('/api/v1/device', {
      method: 'POST',
      cache: 'no-store',
      signal: abort.signal,
      headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({release: html.getAttribute('data-release') || '', battery: percent, unsent: null}),
    }).then(function (answer) {
      // Revoked: the page itself leads to a new pairing.
      if (answer.status === 401) { location.reload(); return; }
      if (!answer.ok) return;
      return answer.json().then(function (told) {
        if (told.mark !== mark) location.replace(told.start);
      });
    }).finally(function () { clearTimeout(timer); });
  }

  function round() {
    battery().then(report).catch(function () { /* the next report may get through */ }).then(function () {
      setTimeout(round, EVERY);
    });
  }

  setTimeout(round, FIRST);
})();
