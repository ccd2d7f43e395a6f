/* Taking a row of "Perlu tindakan": one form for the page, opened from a row's button (or the whole row
   on a wall), sent to /api/v1/actions. The words and the form come from the page's #take. The form is
   put into <body>, outside what Dash draws, so that a page drawn anew leaves it alone. What was typed
   stays until the server has said that it was kept, or somebody cancels: a form that was closed opens
   for the same row as it was left. */
(function () {
  'use strict';

  // A server that swallows the request reports no error; a busy one answers after 15 s at most.
  var PATIENCE = 20000;
  var SAID = 5000;          // the confirmation stands so long
  var MOST = 20;            // so many rows' words are kept

  var dialog = null, episode = '';
  var drafts = new Map();   // episode -> {name: value} of the form as it was left
  var attempts = new Map(); // episode -> {text, id}: the same words sent again are the same entry
  var saidTimer = 0;
  var said = document.createElement('div');
  said.className = 'take-said';
  said.setAttribute('role', 'status');

  function words(name) {
    var source = document.getElementById('take');
    return source ? source.getAttribute('data-' + name) || '' : '';
  }

  // crypto.randomUUID is missing where the page came over plain HTTP from another machine.
  function uuid() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    var hex = Array.from(bytes, function (byte) { return (byte + 256).toString(16).slice(1); }).join('');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  function rowOf(element) {
    var item = element.closest('.act');
    return item && item.querySelector('[data-episode]');
  }

  function buttonOf(key) {
    var row = document.querySelector('[data-episode="' + CSS.escape(key) + '"]');
    return row && row.closest('.act').querySelector('.act-take');
  }

  function field(name) { return dialog.querySelector('[name="' + name + '"]'); }

  function checked(name) {
    var found = dialog.querySelector('[name="' + name + '"]:checked');
    return found ? found.value : null;
  }

  function keep(map, key, value) {
    map.delete(key);
    map.set(key, value);
    if (map.size > MOST) map.delete(map.keys().next().value);
  }

  function problem(text, culprit) {
    dialog.querySelector('.take-problem').textContent = text;
    if (culprit) culprit.focus();
  }

  // -- opening and closing --------------------------------------------------------------------

  function build() {
    dialog = document.createElement('dialog');
    dialog.className = 'take';
    dialog.setAttribute('aria-labelledby', 'take-title');
    dialog.innerHTML = words('take-form');
    dialog.querySelector('form').addEventListener('submit', submit);
    dialog.querySelector('.take-cancel').addEventListener('click', function () {
      drafts.delete(episode);
      dialog.close();
    });
    dialog.addEventListener('input', chosen);
    dialog.addEventListener('input', draft);
    dialog.addEventListener('close', closed);
    document.body.appendChild(dialog);
  }

  function open(row) {
    if (dialog || !words('take-form')) return;
    episode = row.getAttribute('data-episode');
    build();
    dialog.querySelector('.take-row').textContent = row.querySelector('.act-what').textContent;
    restore(drafts.get(episode));
    dialog.showModal();
    (dialog.querySelector('[name="note"]:checked') || dialog.querySelector('[name="note"]')).focus();
  }

  function draft() {
    keep(drafts, episode, {
      own: field('own').value, note: checked('note'), minutes: checked('minutes')
    });
  }

  function restore(left) {
    if (!left) return;
    field('own').value = left.own;
    dialog.querySelectorAll('[type="radio"]').forEach(function (chip) {
      chip.checked = chip.value === left[chip.name];
    });
  }

  function closed() {
    var button = buttonOf(episode);
    dialog.remove();
    dialog = null;
    if (button) button.focus();
  }

  // Either an offered answer or words of one's own.
  function chosen(event) {
    if (event.target.name === 'note') field('own').value = '';
    if (event.target.name === 'own' && event.target.value) {
      dialog.querySelectorAll('[name="note"]').forEach(function (chip) { chip.checked = false; });
    }
    problem('');
  }

  // -- sending --------------------------------------------------------------------------------

  function submit(event) {
    event.preventDefault();
    if (dialog.classList.contains('sending')) return;
    var note = field('own').value.trim() || checked('note'), minutes = checked('minutes');
    if (!note) { problem(words('no-note'), dialog.querySelector('[name="note"]')); return; }
    var body = {episode: episode, note: note, minutes: minutes ? +minutes : null};
    var text = JSON.stringify(body);
    var attempt = attempts.get(episode);
    if (!attempt || attempt.text !== text) attempt = {text: text, id: uuid()};
    keep(attempts, episode, attempt);
    body.id = attempt.id;
    send(body);
  }

  function send(body) {
    var abort = new AbortController(), asked = dialog;
    var timer = setTimeout(function () { abort.abort(); }, PATIENCE);
    busy(true);
    fetch('/api/v1/actions', {
      method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body),
      credentials: 'same-origin', signal: abort.signal
    }).then(function (answer) { return answer.status; }, function () { return 0; }).then(function (status) {
      clearTimeout(timer);
      if (status === 200) recorded(body.episode, asked);
      if (dialog !== asked) {
        if (status !== 200) say(words(meaning(status)));
        return;
      }
      busy(false);
      if (status === 200) dialog.close(); else refused(status);
    });
  }

  // The row's form may have been closed and opened again meanwhile: it still has the same words, and
  // sends them as the same entry.
  function recorded(key, asked) {
    say(words('recorded'));
    if (dialog && dialog !== asked && episode === key) return;
    drafts.delete(key);
    attempts.delete(key);
  }

  function busy(now) {
    dialog.querySelector('.take-send').setAttribute('aria-disabled', String(now));
    dialog.classList.toggle('sending', now);
    problem(now ? words('sending') : '');
  }

  // Which words an answer has. 0: none came, or a gateway gave up; it may have been recorded all the same.
  function meaning(status) {
    if (status === 404 || status === 409) return 'over';
    if (status === 401 || status === 403) return 'sign-in';
    if (status === 400 || status === 413 || status === 415 || status === 422) return 'refused';
    return status === 0 || status === 502 || status === 504 ? 'unknown' : 'unsent';
  }

  function refused(status) {
    var what = meaning(status);
    problem(words(what));
    if (what !== 'over') return;
    dialog.classList.add('ended');
    dialog.querySelector('.take-cancel').focus();
  }

  function say(text) {
    clearTimeout(saidTimer);
    said.textContent = text;
    saidTimer = setTimeout(function () { said.textContent = ''; }, SAID);
  }

  // -- rows -----------------------------------------------------------------------------------

  document.addEventListener('click', function (event) {
    var target = event.target;
    if (!target.closest || target.closest('a')) return;
    var button = target.closest('.act-take');
    // On a wall the whole row answers; on a phone a thumb that scrolls must not open a form.
    if (!button && !target.closest('.wall .act')) return;
    if (!button && String(getSelection())) return;
    var row = rowOf(target);
    if (row) open(row);
  });
  document.body.appendChild(said);
})();
