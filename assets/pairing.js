/* The page of a device that waits to be paired: looks every few seconds whether something has changed
   and only then loads anew. A server that is away leaves the page as it is. */
(function () {
  'use strict';

  var EVERY = 4000, TIMEOUT = 10000;

  function inner(root) {
    var main = root.querySelector('main');
    return main ? main.innerHTML : '';
  }

  function look() {
    var abort = new AbortController();
    var timer = setTimeout(function () { abort.abort(); }, TIMEOUT);
    // Where it leads elsewhere the device was let in.
    fetch(location.href, {cache: 'no-store', redirect: 'manual', signal: abort.signal}).then(function (answer) {
      if (answer.type === 'opaqueredirect') return true;
      if (!answer.ok && answer.status !== 429) return false;
      return answer.text().then(function (text) {
        return inner(new DOMParser().parseFromString(text, 'text/html')) !== inner(document);
      });
    }).catch(function () { return false; }).then(function (changed) {
      clearTimeout(timer);
      if (changed) location.reload();
      setTimeout(look, EVERY);
    });
  }

  setTimeout(look, EVERY);
})();
