import { createTranscriber, FORMATS, type JobSnapshot, SottoError, transcriptOf } from 'sotto';
import 'sotto/element';
import type { SottoTranscriber } from 'sotto/element';
import { FORMATS as SAME } from 'sotto/formats';
import 'sotto/polyfill';
import { SottoSpeechRecognition } from 'sotto/recognition';

const transcriber = createTranscriber({ model: 'sotto-demo-en', ladder: ['wasm'] });
document.title += `, ${new SottoSpeechRecognition().lang || 'its own language'}`;
const input = document.querySelector<HTMLInputElement>('#file');
const text = document.querySelector('#text');
const element: SottoTranscriber | null = document.querySelector('sotto-transcriber');

element?.addEventListener('final', ({ text: final, segments }) => {
  element.title = `${segments.length}: ${final}`;
});

input?.addEventListener('change', async () => {
  const file = input.files?.[0];
  if (file === undefined || text === null) return;
  const job = transcriber.transcribe({ kind: 'file', file, name: file.name });
  const snapshot: JobSnapshot = await job.ended;
  const { state } = snapshot;
  if (state.name !== 'done')
    throw 'error' in state ? new SottoError(state.error.code) : new Error(state.name);
  const transcript = transcriptOf(snapshot);
  text.textContent = FORMATS.vtt.write(transcript);
  input.title = String(SAME.txt.write(transcript).length);
});
