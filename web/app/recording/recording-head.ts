import { html } from 'lit';
import { clock } from '../quantities.ts';
import { fragmentOf } from '../view.ts';
import { recordingWords } from '../words/recording.ts';
import type { EditorSession } from './editor-session.ts';
import { recordingNotes } from './recording-notes.ts';

export const backLink = () =>
  html`<a class="back" href=${fragmentOf({ name: 'desk' })}>← ${recordingWords.back()}</a>`;

/** What is open, and what is to be known about it. */
export function recordingHead(session: EditorSession, hasSound: boolean) {
  const { recording, journal, document } = session;
  const { name = '', seconds = 0 } = recording ?? {};
  const { segments } = document;
  const facts = [
    clock(Math.max(seconds, segments.at(-1)?.end ?? 0)),
    journal?.model ?? '',
    recordingWords.lines(segments.length),
  ];
  return html`<header class="head">
    ${backLink()}
    <h2 id="title" tabindex="-1">${name}</h2>
    <p class="muted small">${facts.filter((fact) => fact !== '').join(' · ')}</p>
    ${recordingNotes(session, hasSound)}
  </header>`;
}
