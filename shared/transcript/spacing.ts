/** Sentences one after another: with a space between, but not where the script has none or a mark follows. */
const WIDE = /[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]/;

export function needsSpace(before: string, text: string): boolean {
  const last = before.at(-1) ?? ' ';
  const first = text[0] ?? ' ';
  return !/\s/.test(last + first) && !/[,.;:!?]/.test(first) && !WIDE.test(last) && !WIDE.test(first);
}

export const spaced = (before: string, text: string): string =>
  needsSpace(before, text) ? ` ${text}` : text;

export const joined = (texts: readonly string[]): string =>
  texts.reduce((before, text) => before + spaced(before, text), '');
