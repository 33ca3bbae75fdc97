import { html, nothing } from 'lit';
import { recordingWords } from '../words/recording.ts';
import type { Editor, Panel } from './editor.ts';
import type { Command } from './shortcuts.ts';

/** What can be done with the whole text, and whether it is kept. */
export function viewTools(editor: Editor) {
  const { session, panel, picking, editable } = editor;
  const { past, future } = session.history;
  const run = (command: Command, name: string, can = true) =>
    html`<button class="button" ?disabled=${!can} @click=${() => editor.run(command)}>${name}</button>`;
  const opens = (which: Exclude<Panel, 'none'>, name: string) =>
    html`<button
      class="button"
      aria-expanded=${panel === which}
      @click=${() => editor.open(panel === which ? 'none' : which)}
    >
      ${name}
    </button>`;
  return html`<div class="tools" role="toolbar" aria-label=${recordingWords.textTools()}>
    ${run('undo', recordingWords.undo(), editable && past.length > 0)}
    ${run('redo', recordingWords.redo(), editable && future.length > 0)}
    ${opens('find', recordingWords.findAndReplace())} ${opens('speakers', recordingWords.speakers())}
    ${run('unsure', recordingWords.nextUnsure())}
    <button
      class="button"
      aria-pressed=${picking}
      ?disabled=${!editable}
      @click=${() => {
        if (picking) return editor.unpick();
        editor.picking = true;
        editor.page.changed();
      }}
    >
      ${recordingWords.pickLines()}
    </button>
    <button class="button" aria-haspopup="dialog" @click=${() => editor.run('shortcuts')}>
      ${recordingWords.shortcuts()}
    </button>
    <span class="kept muted small" role="status">${
      !editable || session.keeping === 'full' || session.keeping === 'failed' || session.keeping === 'stale'
        ? nothing
        : session.keeping === 'saved'
          ? recordingWords.saved()
          : recordingWords.saving()
    }</span>
  </div>`;
}
