/**
 * Where people have put their carets, as far as it can be seen: a browser does not say whether a field was ever
 * touched, and forgets the caret of an editable element when the focus leaves it.
 */
const touched = new WeakSet<EventTarget>();
const ranges = new WeakMap<Element, Range>();
let watching = false;

/** From now on; the second call changes nothing. */
export function watchCarets(): void {
  if (watching) return;
  watching = true;
  const touch = (target: EventTarget | null | undefined) => target && touched.add(target);
  touch(document.activeElement);
  document.addEventListener('focusin', (event) => touch(event.composedPath()[0]), true);
  document.addEventListener('selectionchange', remember);
  remember();
}

function remember(): void {
  const selection = document.getSelection();
  if (!selection?.rangeCount) return;
  const range = selection.getRangeAt(0);
  const { commonAncestorContainer: node } = range;
  const element = node instanceof HTMLElement ? node : node.parentElement;
  if (!element?.isContentEditable) return;
  const host = element.closest('[contenteditable]');
  if (host !== null) ranges.set(host, range.cloneRange());
}

/** The caret of an editable element, `true` for a field that keeps its own; undefined where nobody has put one. */
export function caretIn(field: Element): Range | true | undefined {
  remember(); // the event for the latest change may be on its way
  const range = ranges.get(field);
  if (range !== undefined && field.contains(range.startContainer)) return range;
  if (!('selectionStart' in field)) return undefined;
  // One that is not at the very beginning, where it is by itself, was put there.
  return touched.has(field) || (field.selectionStart ?? 0) !== 0 ? true : undefined;
}
