/** What commands do to lines. */
import { confirmed, joined, mergedWithNext, split } from '../../../shared/edit/change-lines.ts';
import { indexOf } from '../../../shared/edit/document.ts';
import { assigned } from '../../../shared/edit/speakers.ts';
import { wordsOf } from '../../../shared/edit/timed-words.ts';
import type { Editor } from './editor.ts';
import type { Command } from './shortcuts.ts';

/** `key`: the one that was pressed, where it matters which. Other commands do nothing. */
export function runOnLine(editor: Editor, command: Command, key: string): void {
  const { document, active } = editor;
  if (active === undefined) return;
  const segment = document.segments[indexOf(document, active.id)];
  const from = segment === undefined ? 0 : (wordsOf(segment)[active.word]?.from ?? 0);
  switch (command) {
    case 'edit':
      editor.write(active.id, from);
      return;
    case 'pick':
      editor.pick(active.id, 'one');
      return;
    case 'split':
      editor.change(split(document, active.id, from), 'split');
      // The second half begins with the word that the keyboard was at.
      if (editor.document !== document) editor.moveTo({ id: document.nextId, word: 0 });
      break;
    case 'merge':
      editor.change(mergedWithNext(document, active.id), 'merged');
      break;
    case 'join':
      editor.change(joined(document, editor.picked), 'joined');
      if (editor.document !== document) editor.unpick();
      break;
    case 'confirm':
      editor.change(confirmed(document, editor.chosen), 'confirmed');
      break;
    case 'nobody':
      editor.change(assigned(document, editor.chosen, undefined));
      break;
    case 'speaker': {
      const speaker = document.speakers[Number(key) - 1];
      if (speaker !== undefined) editor.change(assigned(document, editor.chosen, speaker.id));
      break;
    }
    default:
      return;
  }
  editor.page.focusLines('shown');
}
