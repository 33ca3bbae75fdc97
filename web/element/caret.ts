/** Text typed for a person at the caret of a field: undoable, with the events that typing gives. */

export type TextTarget = HTMLInputElement | HTMLTextAreaElement | HTMLElement;

/** The field of an id in the element's own tree; undefined where there is none that takes text. */
export function findTarget(root: Node, id: string): TextTarget | undefined {
  const scope = root instanceof Document || root instanceof ShadowRoot ? root : document;
  const found = scope.getElementById(id);
  if (!(found instanceof HTMLElement)) return undefined;
  return isField(found) || found.isContentEditable ? found : undefined;
}

/**
 * Puts text where the caret is, or at the end of what was never touched, with a space between it and what stands
 * before. The focus goes back to where it was. Read-only and disabled fields are left alone: false.
 */
export function typeAt(target: TextTarget, text: string): boolean {
  if (isField(target) && (target.readOnly || target.disabled)) return false;
  const focused = deepActive();
  if (focused !== target) target.focus({ preventScroll: true });
  const spaced = needsSpace(target, text) ? ` ${text}` : text;
  // The one way that keeps the browser's own undo; it gives beforeinput and input as typing does.
  const typed = document.execCommand('insertText', false, spaced) || insertPlainly(target, spaced);
  if (focused !== target && focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  return typed;
}

const isField = (target: HTMLElement): target is HTMLInputElement | HTMLTextAreaElement =>
  target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;

function deepActive(): Element | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active;
}

function needsSpace(target: TextTarget, text: string): boolean {
  const before = textBefore(target);
  return (
    before !== '' && !/\s$/.test(before) && !/^[\s,.;:!?，。；：！？、]/.test(text) && !isCjk(before, text)
  );
}

/** Between characters of scripts without spaces there is none. */
function isCjk(before: string, text: string): boolean {
  const wide = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/;
  return wide.test(before.at(-1) ?? '') || wide.test(text[0] ?? '');
}

function textBefore(target: TextTarget): string {
  if (isField(target)) return target.value.slice(0, target.selectionStart ?? target.value.length);
  const selection = document.getSelection();
  const range = selection !== null && selection.rangeCount > 0 ? selection.getRangeAt(0) : undefined;
  if (range === undefined || !target.contains(range.startContainer)) return target.textContent ?? '';
  const before = document.createRange();
  before.selectNodeContents(target);
  before.setEnd(range.startContainer, range.startOffset);
  return before.toString();
}

/** For browsers and input types in which the editing command does nothing. */
function insertPlainly(target: TextTarget, text: string): boolean {
  const init = { bubbles: true, composed: true, inputType: 'insertText', data: text } as const;
  if (!target.dispatchEvent(new InputEvent('beforeinput', { ...init, cancelable: true }))) return false;
  if (isField(target)) {
    const at = target.selectionStart;
    if (at === null) target.value += text;
    else target.setRangeText(text, at, target.selectionEnd ?? at, 'end');
  } else {
    target.append(text);
  }
  return target.dispatchEvent(new InputEvent('input', init));
}
