/** The decoder process's side: one file becomes speech windows, one for each credit. */
import { openAsBlob } from 'node:fs';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { SottoError, toWire } from '../../shared/errors.ts';
import { decodeAudio } from '../../shared/media/decode.ts';
import type {
  DecodeOrder,
  DecoderPosition,
  FromDecoder,
  ToDecoder,
} from '../../shared/protocol/decoder-process.ts';
import type { VadSession } from '../../shared/speech/silero.ts';
import { createVad } from '../../shared/speech/vad.ts';
import { SAME_TIME } from '../../shared/speech/window.ts';
import { speechWindows } from '../../shared/speech/windows.ts';
import { certainlyTooLong } from './limits.ts';

/** How often it says that it moves. */
const MOVED_MS = 250;

export interface DecoderChildParts {
  readonly send: (message: FromDecoder) => void;
  /** of the model at this path */
  readonly loadVad: (path: string) => Promise<VadSession>;
}

/** Gives what takes the messages. */
export function createDecoderChild({ send, loadVad }: DecoderChildParts): (message: ToDecoder) => void {
  let vad: Promise<VadSession> | undefined;
  const credit = createCredit();

  async function decode(order: DecodeOrder): Promise<void> {
    let seconds = 0;
    let busyMs = 0;
    let since = performance.now();
    let told = since;
    const at = (): DecoderPosition => ({ seconds, busyMs: busyMs + performance.now() - since });
    const moved = (heard: number): void => {
      seconds = heard;
      if (performance.now() - told < MOVED_MS) return;
      told = performance.now();
      send({ type: 'moved', at: at() });
    };
    try {
      if (vad === undefined) throw new SottoError('internal', 'decode before start');
      const session = createVad(await vad);
      const chunks = bounded(await open(order, send), order.maxSeconds, moved);
      let skip = order.skip;
      for await (const window of speechWindows(chunks, session, order.plan)) {
        if (window.speechEnd <= order.from + SAME_TIME) continue;
        if (skip > 0) {
          skip -= 1;
          continue;
        }
        busyMs += performance.now() - since;
        await credit.take();
        since = performance.now();
        told = since;
        send({ type: 'window', window, at: at() });
      }
      send({ type: 'end', at: at() });
    } catch (thrown) {
      send({ type: 'failed', error: toWire(thrown, 'decoder_failed'), at: at() });
    }
  }

  return (message) => {
    switch (message.type) {
      case 'start':
        vad = loadVad(message.vad);
        // Whoever decodes hears of it; a spare that nobody needs says nothing.
        vad.catch(() => undefined);
        return;
      case 'decode':
        return void decode(message.order);
      case 'credit':
        credit.give(message.windows);
    }
  };
}

async function open(
  { path, maxSeconds }: DecodeOrder,
  send: DecoderChildParts['send'],
): Promise<AsyncGenerator<Float32Array, void>> {
  const blob = await blobOf(path);
  let stated: number | undefined;
  const chunks = decodeAudio(
    { kind: 'blob', blob },
    {
      onInfo({ durationSeconds }) {
        stated = durationSeconds;
        send({ type: 'info', durationSeconds });
      },
    },
  );
  async function* checked(): AsyncGenerator<Float32Array, void> {
    for await (const chunk of chunks) {
      if (certainlyTooLong(stated, blob.size, maxSeconds)) {
        throw new SottoError('too_long', `it says ${Math.round(stated ?? 0)} s of at most ${maxSeconds} s`);
      }
      yield chunk;
    }
  }
  return checked();
}

async function blobOf(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (thrown) {
    throw new SottoError('file_unreadable', undefined, { cause: thrown });
  }
}

/** Counts what is really decoded: a small file may hold, or claim, years of sound. */
async function* bounded(
  chunks: AsyncIterable<Float32Array>,
  maxSeconds: number,
  onHeard: (seconds: number) => void,
): AsyncGenerator<Float32Array, void> {
  let samples = 0;
  for await (const chunk of chunks) {
    samples += chunk.length;
    const seconds = samples / SAMPLE_RATE;
    if (seconds > maxSeconds) throw new SottoError('too_long', `over ${maxSeconds} s`);
    onHeard(seconds);
    yield chunk;
  }
}

function createCredit() {
  let left = 0;
  let wake = () => {};
  return {
    give(windows: number): void {
      left += windows;
      wake();
    },
    async take(): Promise<void> {
      while (left <= 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      left -= 1;
    },
  };
}
