import { html, nothing } from 'lit';
import { recordingWords } from '../words/recording.ts';
import type { EditorSession } from './editor-session.ts';

/** What is to be known before one edits, or why one cannot. */
export function recordingNotes(session: EditorSession, hasSound: boolean) {
  const { access, keeping, recording } = session;
  return html`
    <div role="status">
      ${access === 'unread' ? html`<p class="note">${recordingWords.unread()}</p>` : nothing}
      ${
        access === 'elsewhere'
          ? html`<p class="note">
              ${recordingWords.elsewhere()}
              <button class="button small" @click=${() => session.takeOver()}>${recordingWords.takeOver()}</button>
            </p>`
          : nothing
      }
      ${!hasSound && recording !== undefined && recording.sound === 'none' ? html`<p class="note">${recordingWords.noSound()}</p>` : nothing}
    </div>
    <div role="alert">
      ${keeping === 'full' ? html`<p class="note">${recordingWords.full()}</p>` : nothing}
      ${keeping === 'failed' ? html`<p class="note">${recordingWords.failed()}</p>` : nothing}
      ${
        keeping === 'stale'
          ? html`<p class="note">
              ${recordingWords.stale()}
              <button class="button small" @click=${() => void session.reload()}>${recordingWords.reload()}</button>
            </p>`
          : nothing
      }
    </div>
  `;
}
