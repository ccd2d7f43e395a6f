/* ?theme=auto: dark from 18.00 to 06.00 by the clock the page shows, which is the product's in the
   mall's zone. light and dark are taken over when the address changes without a new page. */
(function () {
  'use strict';

  var html = document.documentElement;

  function theme() {
    var asked = new URLSearchParams(location.search).get('theme');
    if (asked !== 'auto') return asked === 'dark' ? 'dark' : 'light';
    var clock = document.querySelector('[data-live-clock="minute"]');
    var hour = clock ? parseInt(clock.textContent, 10) : NaN;
    if (isNaN(hour)) return html.getAttribute('data-theme');
    return hour >= 6 && hour < 18 ? 'light' : 'dark';
  }

  function apply() {
    var now = theme();
    if (html.getAttribute('data-theme') !== now) html.setAttribute('data-theme', now);
  }

  // The second is what a Link of Dash says when it changes the address.
  window.addEventListener('popstate', apply);
  window.addEventListener('_dashprivate_pushstate', apply);
  setInterval(apply, 1000);
  apply();
})();
