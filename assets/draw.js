/* Draws the page of the address when Dash did not: an answer that was lost (a restart, a dropped
   connection) is not asked for again, and a second click on the same link changes no address.

   The page says <... data-drawn="?page=loket&floor=1">, the address it was drawn for. */
(function () {
  'use strict';

  var PATIENCE = 3000;      // so long an answer may take
  var AGAIN = 5000;
  var AGAIN_CUT = 30000;    // nobody answers: requests must not pile up
  var NAMES = ['page', 'floor', 'agency', 'rotate', 'theme', 'lang'];

  var href = '', since = 0, askedAt = 0;

  function said(search) {
    var all = new URLSearchParams(search);
    return NAMES.map(function (name) {
      return all.getAll(name).filter(Boolean).pop() || '';
    }).join('\n');
  }

  function second() {
    var page = document.querySelector('[data-drawn]'), now = performance.now();
    var button = document.getElementById('live-redraw');
    if (href !== location.href) {
      href = location.href;
      since = now;
      askedAt = -Infinity;
    }
    if (!page || !button || document.hidden || now - since < PATIENCE) return;
    if (said(page.getAttribute('data-drawn')) === said(location.search)) return;
    var cut = document.documentElement.classList.contains('live-cut');
    if (now - askedAt < (cut ? AGAIN_CUT : AGAIN)) return;
    askedAt = now;
    button.click();
  }

  setInterval(second, 1000);
})();
