/* The sign-in page, reached from a page that a wall display shows, with nobody in front of it: no key, no
   pointer, no finger for a minute. Then this is a display that lost its cookie, and goes on to be paired. */
(function () {
  'use strict';

  var ALONE = 60000, timer = null;
  var onward = document.querySelector('a[data-alone]');
  if (!onward) return;

  function wait() {
    clearTimeout(timer);
    timer = setTimeout(function () { location.replace(onward.getAttribute('href')); }, ALONE);
  }

  ['keydown', 'input', 'pointerdown', 'pointermove', 'scroll'].forEach(function (kind) {
    document.addEventListener(kind, wait, {capture: true, passive: true});
  });
  wait();
})();
