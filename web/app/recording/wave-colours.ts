/** The page's colours as a canvas can use them. */

export interface WaveColours {
  readonly bar: string;
  readonly played: string;
  readonly cursor: string;
  readonly mark: string;
  readonly line: string;
  readonly speech: string;
  /** what a speaker's colour is on the canvas: it may be given as `var(--…)` or `light-dark(…)` */
  of(colour: string): string;
}

/** `probe`: an element in the tree, unseen. Tokens say `light-dark(…)`: only a property of an element resolves that. */
export function readColours(probe: HTMLElement): WaveColours {
  const known = new Map<string, string>();
  const of = (colour: string): string => {
    const before = known.get(colour);
    if (before !== undefined) return before;
    probe.style.color = '';
    probe.style.color = colour;
    const resolved = getComputedStyle(probe).color;
    known.set(colour, resolved);
    return resolved;
  };
  return {
    bar: of('var(--edge)'),
    played: of('var(--accent)'),
    cursor: of('var(--ink)'),
    mark: of('var(--muted)'),
    line: of('var(--line)'),
    speech: of('var(--accent)'),
    of,
  };
}

/** Calls when the colours may be others: the device's scheme, or a theme chosen on the page. */
export function watchColours(changed: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)', '(forced-colors: active)'].map(
    (query) => matchMedia(query),
  );
  for (const query of queries) query.addEventListener('change', changed);
  const theme = new MutationObserver(changed);
  theme.observe(document.documentElement, { attributes: true });
  return () => {
    for (const query of queries) query.removeEventListener('change', changed);
    theme.disconnect();
  };
}
