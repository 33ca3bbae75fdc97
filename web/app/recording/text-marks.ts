/** Marks on text that change often, without changing the page: the CSS Custom Highlight API. */

export type Mark = 'sotto-spoken' | 'sotto-found' | 'sotto-found-now';

/** Where the browser has no such marks, nothing is marked: lines still are. */
export function mark(name: Mark, ranges: readonly Range[]): void {
  if (!('highlights' in CSS)) return;
  if (ranges.length === 0) CSS.highlights.delete(name);
  else CSS.highlights.set(name, new Highlight(...ranges));
}
