/* The first picture of a page comes with its HTML, before any script: <main id="drawn">. Dash draws the same
   page out of sight; when it has, it takes the place of the first one in a single step, so that nothing
   moves or goes blank. live.js keeps whichever stands there alive. */
(function () {
  'use strict';

  var drawn = document.getElementById('drawn');
  if (!drawn) return;

  // Dash cannot draw a cell's server-made HTML; until the stream brings it again the first one's stands.
  function hand(page) {
    var first = new Map();
    drawn.querySelectorAll('[data-live]').forEach(function (cell) {
      first.set(cell.getAttribute('data-live'), cell);
    });
    page.querySelectorAll('[data-live]').forEach(function (cell) {
      var from = first.get(cell.getAttribute('data-live'));
      if (from && !cell.firstChild && from.firstChild) cell.innerHTML = from.innerHTML;
    });
    // What somebody has opened meanwhile stays open.
    var before = drawn.querySelectorAll('details'), after = page.querySelectorAll('details');
    before.forEach(function (one, place) { if (after[place]) after[place].open = one.open; });
  }

  // And where they are with the keyboard.
  function place(within) {
    return Array.from(within.querySelectorAll('a, button, summary, input, select, textarea'));
  }

  function swap() {
    var page = document.getElementById('page');
    if (!page || !page.querySelector('[data-drawn], .nothing')) return;
    observer.disconnect();
    var held = place(drawn).indexOf(document.activeElement), top = window.scrollY;
    hand(page);
    drawn.remove();
    window.scrollTo(0, top);
    if (held >= 0 && place(page)[held]) place(page)[held].focus({preventScroll: true});
  }

  var observer = new MutationObserver(swap);
  observer.observe(document.body, {childList: true, subtree: true});
})();
