"""What a person who forces their own colours (WCAG 1.4.11, CSS `forced-colors`) could not see of a page."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

_ASK: Final = """() => {
  if (!matchMedia('(forced-colors: active)').matches) throw new Error('no colours are forced');
  const luminance = (rgb) => rgb
    .map(one => one / 255)
    .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, i) => sum + one * [0.2126, 0.7152, 0.0722][i], 0);
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const opaque = (colour) => (channels(colour)[3] ?? 1) > 0.5;
  const contrast = (one, other) => {
    const [low, high] = [one, other].map(c => luminance(channels(c).slice(0, 3))).sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const root = opaque(getComputedStyle(document.body).backgroundColor) ? document.body : null;
  const canvas = (() => {
    const probe = document.body.appendChild(document.createElement('i'));
    probe.setAttribute('hidden', '');
    const found = getComputedStyle(probe);
    const own = root ? getComputedStyle(root).backgroundColor : null;
    const ink = found.color;
    probe.remove();
    return own ?? (luminance(channels(ink)) > 0.5 ? 'rgb(0, 0, 0)' : 'rgb(255, 255, 255)');
  })();
  const paper = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (opaque(backgroundColor)) return backgroundColor;
    }
    return canvas;
  };
  const inSight = (one) => one.checkVisibility() && !one.closest('.visually-hidden, [inert]')
    && one.getBoundingClientRect().width > 4;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(inSight);
  const edge = (one) => {
    const style = getComputedStyle(one), behind = paper(one.parentElement);
    const line = ['Top', 'Bottom'].some(side => parseFloat(style[`border${side}Width`]) >= 1
      && style[`border${side}Style`] !== 'none' && contrast(style[`border${side}Color`], behind) >= 3);
    return line || (opaque(style.backgroundColor) && contrast(style.backgroundColor, behind) >= 3);
  };
  const look = (one) => {
    const style = getComputedStyle(one), icon = one.querySelector('svg');
    const mark = getComputedStyle(one, '::before').content;
    return [style.backgroundColor, style.borderTopColor, style.borderTopWidth, mark,
      icon && getComputedStyle(icon).fill, icon && getComputedStyle(icon).backgroundColor].join();
  };
  const named = (one) => one.outerHTML.replace(/\\s+/g, ' ').slice(0, 110);
  const lost = [];
  for (const one of all('.button, .chip-choice, .tool, .partner, .input, select, textarea'))
    if (!edge(one)) lost.push(`no edge: ${named(one)}`);
  const words = (one) => [...one.childNodes].some(it => it.nodeType === 3 && it.data.trim());
  const aside = 'svg, :disabled, [aria-disabled=true]';
  for (const one of all('body *').filter(one => words(one) && !one.closest(aside)))
    if (contrast(getComputedStyle(one).color, paper(one)) < 4.5)
      lost.push(`pale words: ${named(one)}`);
  for (const one of all('a svg.icon, button svg.icon, .verdict svg.icon')) {
    const { stroke, fill } = getComputedStyle(one), behind = paper(one);
    const inks = [stroke, fill].filter(ink => ink.startsWith('rgb') && opaque(ink));
    if (inks.length && !one.closest(':disabled') && !inks.some(ink => contrast(ink, behind) >= 3))
      lost.push(`no icon: ${named(one.parentElement)}`);
  }
  const chosen = '[aria-current], [aria-pressed=true], :has(:checked)';
  for (const one of all('.chip-choice, .tab, [aria-pressed]').filter(one => one.matches(chosen))) {
    const kind = one.classList[0] ?? one.localName;
    const other = all(`.${CSS.escape(kind)}`).find(it => it.localName === one.localName && !it.matches(chosen)
      && it.matches('.chip-choice') === one.matches('.chip-choice'));
    if (other && look(one) === look(other)) lost.push(`not seen as chosen: ${named(one)}`);
  }
  return lost;
}"""


def lost(page: Page) -> list[str]:
    """Return what has no edge, no ink or too pale a one, and each choice that does not show."""
    return list(page.evaluate(_ASK))
