/** Decoder, VAD and cut in a process of their own, as the server has them: one window for each `next`. */
import { openAsBlob } from 'node:fs';
import { decodeAudio } from '../../shared/media/decode.ts';
import { DEFAULT_PLAN } from '../../shared/speech/plans.ts';
import { createVad } from '../../shared/speech/vad.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';
import { speechWindows } from '../../shared/speech/windows.ts';
import { loadNodeVad, registerNodeDecoders } from '../support/node-media.ts';

export type EarOrder = { readonly kind: 'open'; readonly path: string } | { readonly kind: 'next' };
export type EarAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'window'; readonly window: SpeechWindow }
  | { readonly kind: 'end' };

const answer = (said: EarAnswer) => process.send?.(said);
registerNodeDecoders();
const session = await loadNodeVad();
let windows: AsyncGenerator<SpeechWindow, void> | undefined;

let obeyed: Promise<void> = Promise.resolve();
process.on('message', (order: EarOrder) => {
  obeyed = obeyed
    .then(() => obey(order))
    .catch((thrown: unknown) => {
      console.error(thrown);
      process.exit(1);
    });
});

async function obey(order: EarOrder): Promise<void> {
  if (order.kind === 'open') {
    const blob = await openAsBlob(order.path);
    windows = speechWindows(decodeAudio({ kind: 'blob', blob }), createVad(session), DEFAULT_PLAN);
    return;
  }
  const next = await windows?.next();
  if (next === undefined || next.done) answer({ kind: 'end' });
  else answer({ kind: 'window', window: next.value });
}

answer({ kind: 'ready' });
