/** Places in a line's text as the browser's ranges, and the word at a point. */
import type { TimedWord } from '../../../shared/edit/timed-words.ts';

/** From one character of an element's text to another; undefined where it is not that long (any more). */
export function rangeOf(element: Element, from: number, to: number): Range | undefined {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  let before = 0;
  let open = false;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (!open && from < before + length) {
      range.setStart(node, from - before);
      open = true;
    }
    if (open && to <= before + length) {
      range.setEnd(node, to - before);
      return range;
    }
    before += length;
  }
  return undefined;
}

/** The word at a point of the window, else the nearest one in its row; undefined where there is none. */
export function wordAt(
  element: Element,
  words: readonly TimedWord[],
  point: { readonly x: number; readonly y: number },
): number | undefined {
  let best: { word: number; away: number } | undefined;
  for (const [word, { from, to }] of words.entries()) {
    for (const rect of rangeOf(element, from, to)?.getClientRects() ?? []) {
      const above = Math.max(rect.top - point.y, 0, point.y - rect.bottom);
      const aside = Math.max(rect.left - point.x, 0, point.x - rect.right);
      const away = above * 1000 + aside;
      if (best === undefined || away < best.away) best = { word, away };
    }
  }
  return best?.word;
}
