"""What tests ask a page of the wall about its looks: sizes, and JavaScript that finds what is wrong."""

from __future__ import annotations

from playwright.sync_api import Page

PAGES = {
    "overview": "",
    "counters": "&page=loket&floor=1",
    "services": "&page=layanan",
    "agency": "&page=gerai&agency=dukcapil",
}
HD = (1920, 1080)
SIZES = [HD, (3840, 2160), (1280, 800)]


def resize(page: Page, width: int, height: int) -> None:
    """Give the open page another size: cheaper than to load it anew, and a wall's layout is CSS alone."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("size => innerWidth === size[0] && innerHeight === size[1]", arg=[width, height])


def scrolling(page: Page) -> list[str]:
    """The directions in which the page is larger than its window."""
    found: list[str] = page.evaluate(SCROLLING)
    return found


def fits(page: Page) -> None:
    """Nothing is outside the window, cut or covered."""
    assert scrolling(page) == []
    assert page.evaluate(INK) == []


def smallest(page: Page, selector: str) -> float:
    """The smallest letters of what is seen, in hundredths of a height of 1080."""
    return float(page.evaluate(SMALLEST, selector)) / 1080 * 100


SCROLLING = """() => [['down', document.documentElement.scrollHeight > innerHeight],
  ['sideways', document.documentElement.scrollWidth > innerWidth]].filter(e => e[1]).map(e => e[0])"""

SMALLEST = """selector => Math.min(1e9, ...[...document.querySelectorAll(selector)]
  .filter(e => e.checkVisibility() && !e.closest('.visually-hidden') &&
    [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()))
  .map(e => parseFloat(getComputedStyle(e).fontSize)))"""

# What is cut, and what lies over something else: the letters of every text (from the line they stand on
# to the height of a capital) and every sign. Cut may be a name whose whole stands in a title, foreign
# texts of rows that need action (.cut: their form shows them), and words among seventy counters.
INK = """() => {
  const canvas = document.createElement('canvas').getContext('2d'), inks = [], found = [];
  const wall = document.querySelector('.wall');
  const walker = document.createTreeWalker(wall, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const e = node.parentElement, text = node.data.trim();
    if (!text || !e.checkVisibility({visibilityProperty: true}) ||
        e.closest('.visually-hidden, .act-take, dialog, #definition, table.visually-hidden')) continue;
    const style = getComputedStyle(e), range = new Range();
    canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const font = canvas.measureText('H');
    const whole = font.fontBoundingBoxAscent + font.fontBoundingBoxDescent;
    range.selectNodeContents(node);
    for (const r of range.getClientRects()) {
      const bottom = r.top + r.height * font.fontBoundingBoxAscent / whole;
      if (r.width > 1) inks.push({e, text, left: r.left, right: r.right, bottom,
        top: bottom - r.height * font.actualBoundingBoxAscent / whole});
    }
  }
  for (const e of wall.querySelectorAll('.sign, .act-sign, .dot, .key, .tile-bar svg')) {
    const {left, right, top, bottom} = e.getBoundingClientRect();
    if (right > left && e.checkVisibility({visibilityProperty: true}))
      inks.push({e, text: `[${e.className.baseVal ?? e.className}]`, left, right, top, bottom});
  }
  for (const ink of inks) {
    const titled = ink.e.closest('[title]');
    const may = titled && titled.title.includes(ink.text) ||
      ink.e.closest('.act .cut, .floor.dense .desk-word');
    for (let box = ink.e; box !== wall; box = box.parentElement) {
      if (getComputedStyle(box).overflowX === 'visible' || !box.clientWidth) continue;
      const edge = box.getBoundingClientRect(), outer = {left: edge.left + box.clientLeft,
        top: edge.top + box.clientTop, right: edge.left + box.clientLeft + box.clientWidth,
        bottom: edge.top + box.clientTop + box.clientHeight};
      const cut = ink.left < outer.left - 1 || ink.right > outer.right + 1 ||
        ink.top < outer.top - 1 || ink.bottom > outer.bottom + 1;
      if (cut && !may) found.push(`cut: ${ink.text} (${ink.e.className} in ${box.className})`);
      if (!cut) continue;
      ink.left = Math.max(ink.left, outer.left); ink.right = Math.min(ink.right, outer.right);
      ink.top = Math.max(ink.top, outer.top); ink.bottom = Math.min(ink.bottom, outer.bottom);
    }
  }
  inks.forEach((a, place) => inks.slice(place + 1).forEach(b => {
    if (a.e !== b.e && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1)
      found.push(`over: ${a.text} / ${b.text}`);
  }));
  return found;
}"""

# Every figure is inside the box it belongs to.
OUTSIDE = """([boxes, parts]) => [...document.querySelectorAll(boxes)].flatMap(box => {
  const outer = box.getBoundingClientRect();
  return [...box.querySelectorAll(parts)].filter(part => {
    const inner = part.getBoundingClientRect();
    return inner.height && (inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1 ||
      inner.left < outer.left - 1 || inner.right > outer.right + 1);
  }).map(part => box.className + ': ' + part.textContent);
})"""

# What of a counter cannot be read whole: lower than its letters, cut by its box, or wider than its own.
CUT_DESKS = """parts => [...document.querySelectorAll('.desk')].flatMap(desk => {
  const outer = desk.getBoundingClientRect();
  return [...desk.querySelectorAll(parts)].filter(part => {
    const inner = part.getBoundingClientRect(), size = parseFloat(getComputedStyle(part).fontSize);
    return part.textContent.trim() && part.checkVisibility() && (inner.height < .95 * size ||
      inner.top < outer.top - .5 || inner.bottom > outer.bottom + .5 || inner.right > outer.right + .5 ||
      part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + .3 * size);
  }).map(part => part.className + ' ' + part.textContent + ': ' + desk.textContent);
})"""

# How many rows that need action can be seen whole, how many the list says it has, and those it leaves out.
ROWS = """() => {
  const box = document.querySelector('.acts-rows').getBoundingClientRect();
  const rows = [...document.querySelectorAll('.acts .act')].filter(e => {
    const {left, right, top, bottom, height} = e.getBoundingClientRect();
    return height && left >= box.left - 1 && right <= box.right + 1 && top >= box.top - 1 &&
      bottom <= box.bottom + 1;
  });
  const number = selector => parseInt(document.querySelector(selector).textContent.replace(/\\D/g, '') || 0);
  return [rows.length, number('.act-more'), number('.act-count')];
}"""
