/** What keys do in the text of a line that is being written. */
import { mergedWithNext, split, withText } from '../../../shared/edit/change-lines.ts';
import { type Document, indexOf } from '../../../shared/edit/document.ts';
import { spaced } from '../../../shared/transcript/spacing.ts';
import type { Editor } from './editor.ts';
import type { LineAct } from './line-acts.ts';

const tidied = (text: string): string => text.replace(/\s+/g, ' ').trim();

export function actOnLine(editor: Editor, act: LineAct): void {
  const { document } = editor;
  switch (act.act) {
    case 'hear':
      editor.hear(act.id, act.word);
      editor.page.focusLines('left');
      return;
    case 'edit':
      editor.write(act.id, act.caret);
      return;
    case 'pick':
      editor.pick(act.id, act.reach);
      return;
    case 'write':
      editor.change(withText(document, act.id, act.text), undefined, editor.step);
      return;
    case 'play':
      editor.togglePlay();
      return;
    case 'undo':
      editor.run('undo');
      return;
    default:
      // A field that is gone may still say that it was left.
      if (editor.writing?.id === act.id) leave(editor, act);
  }
}

type Leaving = Extract<LineAct, { readonly caret: number; readonly text: string }>;

function leave(editor: Editor, { act, id, text, caret }: Leaving): void {
  const written = withText(editor.document, id, text);
  const index = indexOf(written, id);
  const { segments } = written;
  switch (act) {
    case 'split-here': {
      const next = split(written, id, tidied(text.slice(0, caret)).length);
      editor.change(next, next === written ? undefined : 'split');
      next === written ? undefined : editor.write(written.nextId, 0);
      return;
    }
    case 'merge-before':
      merge(editor, written, segments[index - 1]?.id);
      return;
    case 'merge-after':
      merge(editor, written, id);
      return;
    case 'above':
    case 'below': {
      // An emptied line is gone: the next stands in its place.
      const at = act === 'above' ? index - 1 : index + 1;
      const next = index < 0 ? segments[indexOf(editor.document, id)] : segments[at];
      if (next === undefined) return;
      editor.change(written, undefined, editor.step);
      editor.write(next.id, act === 'above' ? next.text.length : 0);
      return;
    }
    default:
      editor.writing = undefined;
      editor.change(written, undefined, editor.step);
      editor.page.changed();
      if (act === 'done') editor.page.focusLines('shown');
  }
}

/** The line `id` and the next, with the caret where they meet. */
function merge(editor: Editor, document: Document, id: number | undefined): void {
  const first = document.segments[indexOf(document, id ?? Number.NaN)];
  const second = document.segments[indexOf(document, id ?? Number.NaN) + 1];
  if (first === undefined || second === undefined) return;
  const before = first.text.trim();
  const caret = before.length + spaced(before, second.text.trim()).length - second.text.trim().length;
  editor.change(mergedWithNext(document, first.id), 'merged');
  editor.write(first.id, caret);
}
