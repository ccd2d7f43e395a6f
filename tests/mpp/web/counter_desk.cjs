/* Runs assets/counter.js against a stubbed page, clock and server, and prints what it asked:
   node counter_desk.cjs SCRIPT ANSWER MINUTES -> {"requests", "posts", "left", "told", "off", "undated", "whole"}.
   ANSWER: "down", or a status; "500-first": 500 for the first press only; "overnight": down, nothing kept,
   the counter open; at the end "open" is pressed, and "left" is the mark it was pressed on. "off" are the
   buttons that cannot be pressed then, "undated" how many presses were sent without their time.
   "session": the same counter; down, from the second minute on 401, from the third on up with nothing new.
   "whole" is how often the whole panel was asked for while up. */
'use strict';
const fs = require('fs');
const [script, answer, minutes] = process.argv.slice(2);
let time = 0, made = 0, timers = [];
const later = (f, ms, every) => { timers.push({ id: ++made, at: time + (ms || 0), f, every }); return made; };
global.setTimeout = (f, ms) => later(f, ms);
global.setInterval = (f, ms) => later(f, ms, ms);
global.clearTimeout = (id) => { timers = timers.filter((one) => one.id !== id); };
Date.now = () => time;

const element = () => ({
  dataset: {}, textContent: '', hidden: false, children: [], outerHTML: '', content: {},
  querySelectorAll: () => [], querySelector: () => null, contains: () => false, addEventListener() {},
  getAttribute: (name) => name, appendChild(one) { this.children.push(one); }, replaceWith() {},
});
const panel = Object.assign(element(), { dataset: { now: new Date(0).toISOString(), mark: 'closed|', version: '1', next: '' } });
let submit = null;
const overnight = answer === 'overnight', session = answer === 'session';
const buttons = ['next', 'close'].map((what) => ({ dataset: { press: what }, disabled: false }));
if (overnight || session) {
  Object.assign(panel.dataset, { mark: 'open|', next: '1|A-1|1' });
  panel.contains = () => true;
  panel.querySelectorAll = (which) => (which === '[data-press]' ? buttons : []);
}
const fresh = Object.assign(element(), { dataset: panel.dataset, outerHTML: 'false,false' });
if (session) {
  Object.defineProperty(panel, 'outerHTML', { get: () => buttons.map((one) => one.disabled).join() });
  panel.replaceWith = () => buttons.forEach((one) => { one.disabled = false; });
}
const parts = { desk: panel, 'desk-lost': element(), 'desk-refused': element() };
global.document = {
  getElementById: (id) => (parts[id] = parts[id] || element()), hidden: false, activeElement: element(),
  createElement: () => Object.assign(element(), { content: { firstElementChild: fresh } }),
  addEventListener(kind, f) { if (kind === 'submit') submit = f; },
};
global.window = { addEventListener() {} };
global.location = { pathname: '/loket/a/1' };
global.AbortController = class { abort() {} };
const press = (id, what) => ({ id, seen: 'closed|', press: what, at: new Date(0).toISOString(), name: what });
const kept = { 'mpp-loket:data-who:/loket/a/1': JSON.stringify(overnight || session ? [] : [press('first', 'open'), press('second', 'close')]) };
global.localStorage = { getItem: (key) => kept[key] || null, setItem: (key, value) => { kept[key] = value; } };

let requests = 0, posts = 0, undated = 0, whole = 0;
global.fetch = (at, options) => {
  requests += 1;
  const body = options.body ? JSON.parse(options.body) : null;
  if (body) posts += 1;
  if (body && body.press !== 'beat' && !body.at) undated += 1;
  const first = answer === '500-first' && body && body.id === 'first';
  const all = session && time >= 120000 && !body && !at.includes('?v=');
  if (all) whole += 1;
  let status = first ? 500 : answer === '500-first' ? (body ? 200 : 204) : Number(answer);
  if (session) status = time < 120000 ? 401 : all || body ? 200 : 204;
  return new Promise((resolve, reject) => later(() => {
    if (answer === 'down' || overnight || (session && time < 60000)) reject(new TypeError('down'));
    else resolve({ status, ok: status === 200, headers: { get: () => 'application/json' }, json: () => Promise.resolve(body ? { why: '' } : all ? { now: panel.dataset.now, html: ' ' } : {}) });
  }, 20));
};
(0, eval)(fs.readFileSync(script, 'utf8'));

(async () => {
  while (timers.length) {
    for (let n = 0; n < 20; n += 1) await Promise.resolve();
    timers.sort((a, b) => a.at - b.at || a.id - b.id);
    const next = timers[0];
    if (!next || next.at > minutes * 60000) break;
    time = next.at;
    if (next.every) next.at += next.every; else timers.shift();
    next.f();
  }
  const off = buttons.filter((one) => one.disabled).map((one) => one.dataset.press);
  if (overnight) {
    const button = { dataset: { press: 'open' }, form: { elements: {} }, querySelector: element };
    submit({ target: panel, submitter: button, preventDefault() {} });
  }
  const left = JSON.parse(kept['mpp-loket:data-who:/loket/a/1']).map((one) => (overnight ? one.seen : one.id));
  const told = [parts['desk-lost'].textContent, ...parts['desk-refused'].children.map((one) => one.textContent)];
  console.log(JSON.stringify({ requests, posts, left, told, off, undated, whole }));
})();
