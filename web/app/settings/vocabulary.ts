/** Words and names from a text file, and how many of what is there are used. Pure. */
import { MOST_TERMS, termsOf } from '../reading-choice.ts';

/** What is there already, then what is new in the file: one a line. */
export function withTerms(before: string, file: string): string {
  const known = allTerms(before);
  const added = allTerms(file).filter((term) => !known.includes(term));
  return [...known, ...added].join('\n');
}

export interface TermCount {
  readonly used: number;
  /** too long, or beyond the most that are used */
  readonly unused: number;
}

export function countTerms(text: string): TermCount {
  const used = termsOf(text).length;
  return { used, unused: allTerms(text).length - used };
}

/** Each once, in order, those that are not used included. */
function allTerms(text: string): string[] {
  const typed = text
    .replace(/^\uFEFF/, '')
    .split(/[\n\r,;，、；\t]/)
    .map((term) => term.trim().replace(/\s+/g, ' '));
  return [...new Set(typed.filter((term) => term !== ''))];
}

export { MOST_TERMS };
