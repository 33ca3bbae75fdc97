/** Text typed for a person at the caret of a field: undoable, with the events that typing gives. */

import { spaced } from '../../shared/transcript/spacing.ts';
import { byId } from './by-id.ts';
import { caretIn } from './touched.ts';

type TextField = HTMLInputElement | HTMLTextAreaElement;

/** A field with a caret, or an element whose content can be edited. */
export type Field = TextField | HTMLElement;

/** The field of an id in the tree of `root`; undefined where there is none that takes text. */
export function findField(root: Node, id: string): Field | undefined {
  const found = byId(root, id);
  return found !== undefined && isEditable(found) ? found : undefined;
}

/**
 * Puts text where the caret is, or at the end of a field that nobody has touched, with a space after what stands
 * before. The focus goes back to where it was. False where it could not: the field is read-only, disabled or full.
 */
export function typeAt(field: Field, text: string): boolean {
  if (isTextField(field) && (field.readOnly || field.disabled)) return false;
  placeCaret(field);
  const typed = spaced(textBefore(field), text);
  const focused = deepActive();
  // Somebody who types elsewhere meanwhile keeps the focus: taking it would tear up what they write.
  if (focused !== field && focused !== null && isEditable(focused)) return insertPlainly(field, typed);
  const restore = focusBriefly(field, focused);
  // The one way that keeps the browser's own undo; it gives `beforeinput` and `input` as typing does.
  const done = document.execCommand('insertText', false, typed) || insertPlainly(field, typed);
  restore();
  return done;
}

const isTextField = (element: Element): element is TextField =>
  element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;

const isEditable = (element: Element): element is Field =>
  isTextField(element) || (element instanceof HTMLElement && element.isContentEditable);

function deepActive(): Element | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}

function focusBriefly(field: Field, focused: Element | null): () => void {
  if (focused === field) return () => undefined;
  const range = caretIn(field);
  field.focus({ preventScroll: true });
  if (range instanceof Range) select(range);
  return () => {
    if (focused instanceof HTMLElement && focused !== document.body) focused.focus({ preventScroll: true });
    else field.blur();
  };
}

/** Nobody has put a caret there yet: it belongs at the end, as it is where one clicks below the text. */
function placeCaret(field: Field): void {
  if (caretIn(field) !== undefined) return;
  if (isTextField(field)) {
    if (field.selectionStart !== null) field.setSelectionRange(field.value.length, field.value.length);
    return;
  }
  const end = document.createRange();
  end.selectNodeContents(field);
  end.collapse(false);
  select(end);
}

function select(range: Range): void {
  const selection = document.getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}

function textBefore(field: Field): string {
  if (isTextField(field)) return field.value.slice(0, field.selectionStart ?? field.value.length);
  const caret = caretIn(field);
  const before = document.createRange();
  before.selectNodeContents(field);
  if (caret instanceof Range) before.setEnd(caret.startContainer, caret.startOffset);
  return before.toString();
}

/** For browsers and input types in which the editing command does nothing. */
function insertPlainly(field: Field, text: string): boolean {
  const init = { bubbles: true, composed: true, inputType: 'insertText', data: text } as const;
  if (!field.dispatchEvent(new InputEvent('beforeinput', { ...init, cancelable: true }))) return false;
  if (isTextField(field)) {
    const { selectionStart, selectionEnd } = field;
    if (selectionStart === null) field.value += text;
    else field.setRangeText(text, selectionStart, selectionEnd ?? selectionStart, 'end');
  } else {
    const caret = caretIn(field);
    const node = document.createTextNode(text);
    if (caret instanceof Range) {
      caret.deleteContents();
      caret.insertNode(node);
      caret.collapse(false);
    } else field.append(node);
  }
  return field.dispatchEvent(new InputEvent('input', init));
}
