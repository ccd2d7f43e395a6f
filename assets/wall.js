/* The control room's pages: rotation, keys, the sheet of keys, and the definitions of the figures.

   The pages are the links of #stops; going to one is a click on its link, so that Dash draws it and
   live.js opens its stream. Where one is says the address, not what is drawn: draw.js sees to it that
   the page of the address comes. #rotation says how often pages change and in which words. */
(function () {
  'use strict';

  var REST = 60000;         // nobody's screen turns away while it is used
  var HOVER = 500;
  var PLACE = ['page', 'floor', 'agency'];

  var html = document.documentElement;
  var held = false, usedAt = -Infinity, shownAt = performance.now(), shownHref = location.href;
  var shown = null, hoverTimer = 0, pointer = '', opened = null;

  function rotation() { return document.getElementById('rotation'); }

  function links() { return Array.from(document.querySelectorAll('#stops a')); }

  function spot(address) {
    var asked = new URLSearchParams(address.search);
    return address.pathname + '\n' + PLACE.map(function (name) { return asked.get(name) || ''; }).join('\n');
  }

  // An answer that was lost leaves the page before on the screen: the address knows where one is. Only
  // of an address in other words (?page=loket without a floor) the page itself knows.
  function current(all) {
    var here = spot(location);
    var found = all.findIndex(function (link) { return spot(link) === here; });
    if (found >= 0) return found;
    return all.findIndex(function (link) { return link.closest('li').hasAttribute('aria-current'); });
  }

  // -- pages ----------------------------------------------------------------------------------

  function go(link) {
    hide();
    shownAt = performance.now();
    if (link) link.click();
  }

  function turn(by) {
    var all = links(), at = current(all);
    if (all.length) go(all[at < 0 ? 0 : (at + by + all.length) % all.length]);
  }

  // A row of the first rank that nobody has taken and that shows for less than a minute of the product's.
  function alarm() {
    return document.querySelector('[data-live="alarm"][data-state="new"] [data-ahead]') !== null;
  }

  function busy() {
    return performance.now() - usedAt < REST || document.querySelector('dialog[open]') !== null;
  }

  // What somebody opened and left would stop the rotation and cover the figures for good.
  function leave() {
    var open = document.querySelector('dialog[open]');
    if (open !== opened) {
      opened = open;
      if (open) usedAt = Math.max(usedAt, performance.now());
    }
    if (performance.now() - usedAt < REST || !document.querySelector('.wall')) return;
    hide();
    if (!open) return;
    open.close();
    opened = null;
    if (document.activeElement) document.activeElement.blur();
  }

  function second() {
    var mark = rotation(), now = performance.now();
    leave();
    if (!mark) return;
    if (shownHref !== location.href) {
      shownHref = location.href;
      shownAt = now;
      hide();
    }
    var every = +mark.getAttribute('data-every') * 1000, all = links(), at = current(all), words = 'turning';
    if (!every) return;
    if (held) words = 'paused';
    else if (busy()) words = 'used';
    else if (html.classList.contains('live-cut')) {
      // No other page would come, and an alarm may be over: it stays here until figures move again.
      words = 'cut';
      shownAt = now;
    } else if (alarm()) {
      words = 'alarm';
      if (at !== 0) go(all[0]);
    } else if (document.hidden) shownAt = now;
    else if (now - shownAt >= every) turn(1);
    var text = mark.getAttribute('data-' + words)
      .replace('{n}', at < 0 ? '–' : at + 1).replace('{all}', all.length);
    if (mark.textContent !== text) mark.textContent = text;
    if (mark.getAttribute('aria-pressed') !== String(held)) mark.setAttribute('aria-pressed', held);
  }

  function hold() {
    held = !held;
    usedAt = -Infinity;
    shownAt = performance.now();
    second();
  }

  function at(event) { return event.screenX + ',' + event.screenY; }

  function used(event) {
    // A page drawn anew under a mouse that lies still tells of a move, too.
    var place = event.type === 'pointermove' ? at(event) : '';
    if (place && (pointer === place || !pointer)) { pointer = place; return; }
    if (place) pointer = place;
    usedAt = performance.now();
    shownAt = usedAt;
  }

  // -- keys -----------------------------------------------------------------------------------

  function sheet() { return document.getElementById('keys'); }

  function key(event) {
    if (!rotation() || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    var target = event.target, all = links();
    if (event.key === 'Escape' && shown) { hide(); return; }
    if (target.closest('input, textarea, select') || document.querySelector('dialog[open]')) return;
    if (event.key === ' ') {
      if (target.closest('a, button') || rotation().hidden) return;
      hold();
    } else if (event.key === 'ArrowRight') turn(1);
    else if (event.key === 'ArrowLeft') turn(-1);
    else if (event.key >= '1' && event.key <= '9' && event.key.length === 1) {
      if (!all[+event.key - 1]) return;
      go(all[+event.key - 1]);
    } else if (event.key === 'Escape' || event.key === 'Backspace') {
      if (current(all) >= 0 || !all[0]) return;    // an agency's page goes back to all of them
      go(all[0]);
    } else if (event.key === 't' || event.key === 'T') document.querySelector('#theme a').click();
    else if (event.key === '?') sheet().showModal();
    else return;
    event.preventDefault();
  }

  // -- definitions ----------------------------------------------------------------------------

  function box() { return document.getElementById('definition'); }

  function part(tag, text) {
    var made = document.createElement(tag);
    made.textContent = text;
    return made;
  }

  function show(button) {
    var target = box();
    if (!target || shown === button) return;
    hide();
    var known = JSON.parse(target.getAttribute('data-definitions'));
    var out = target.getAttribute('data-leaves-out');
    target.textContent = '';
    button.getAttribute('data-measure').split(' ').forEach(function (name) {
      if (!known[name]) return;
      target.appendChild(part('h3', known[name][0]));
      target.appendChild(part('p', known[name][1]));
      target.appendChild(part('p', out.replace('{what}', known[name][2])));
    });
    target.hidden = false;
    shown = button;
    usedAt = Math.max(usedAt, performance.now());
    button.setAttribute('aria-describedby', 'definition');
    place(target, (button.closest('.tally, .agency-card') || button).getBoundingClientRect());
  }

  function place(target, near) {
    var size = target.getBoundingClientRect(), gap = 6;
    var top = near.bottom + gap, left = near.left;
    if (top + size.height > innerHeight) top = near.top - gap - size.height;
    if (top < gap) {
      // Neither below nor above: beside, so that it does not cover what it tells of.
      top = Math.min(near.top, innerHeight - size.height - gap);
      left = near.right + gap;
      if (left + size.width > innerWidth) left = near.left - gap - size.width;
    }
    top = Math.max(gap, top);
    left = Math.max(gap, Math.min(left, innerWidth - size.width - gap));
    target.style.top = top + 'px';
    target.style.left = left + 'px';
  }

  function hide() {
    clearTimeout(hoverTimer);
    if (!shown) return;
    shown.removeAttribute('aria-describedby');
    shown = null;
    if (box()) box().hidden = true;
  }

  function measure(event) {
    var target = event.target;
    return target.closest ? target.closest('[data-measure]') : null;
  }

  // A figure in a table is pressed: its column's head knows what it is; a counter's, its page's title.
  function headOf(target) {
    var figure = target.closest('.services td'), head = null;
    if (figure) head = figure.closest('table').tHead.rows[0].cells[figure.cellIndex];
    else if (target.closest('.desk, .desks-waiting, .stage-page:has(.floor) .stage-sum'))
      head = target.closest('.agency-counters, .stage-page');
    return head && head.querySelector('[data-measure]');
  }

  document.addEventListener('click', function (event) {
    var button = measure(event) || headOf(event.target);
    clearTimeout(hoverTimer);
    if (button) {
      if (shown === button && button.getAttribute('data-opened') === 'click') hide();
      else { show(button); button.setAttribute('data-opened', 'click'); }
      return;
    }
    if (!event.target.closest('#definition')) hide();
    if (event.target.closest('#rotation')) hold();
    else if (event.target.closest('#keys-open')) sheet().showModal();
    else if (event.target.closest('#keys-close')) sheet().close();
  });

  document.addEventListener('pointerover', function (event) {
    var button = event.pointerType === 'mouse' && measure(event);
    // What is drawn anew under a mouse that lies still opens nothing, and calls nothing off.
    if (pointer === at(event)) return;
    clearTimeout(hoverTimer);
    if (!button || button === shown) return;
    hoverTimer = setTimeout(function () {
      if (!button.isConnected) return;
      show(button);
      button.setAttribute('data-opened', 'hover');
    }, HOVER);
  });

  // It stays while the mouse is on its figure or on itself.
  document.addEventListener('pointerout', function (event) {
    var to = event.relatedTarget;
    if (pointer === at(event)) return;
    clearTimeout(hoverTimer);
    if (shown && shown.getAttribute('data-opened') === 'hover' &&
        !(to && (shown.contains(to) || box().contains(to)))) hide();
  });

  document.addEventListener('focusout', function (event) {
    if (shown && event.target === shown) hide();
  });

  ['pointermove', 'pointerdown', 'keydown', 'input', 'wheel', 'touchstart'].forEach(function (name) {
    document.addEventListener(name, used, {passive: true, capture: true});
  });
  document.addEventListener('keydown', key);
  setInterval(second, 1000);
})();
