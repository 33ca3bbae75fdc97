import { transfer } from 'comlink';
import { SottoError, settle } from '../../shared/errors.ts';
import type { EarWorkerApi } from '../../shared/protocol/ear-worker.ts';
import { holdLife } from '../../shared/protocol/life.ts';
import type { OrtFiles } from '../../shared/protocol/ort-files.ts';
import type { VadSession } from '../../shared/speech/silero.ts';
import { createVad, type Vad } from '../../shared/speech/vad.ts';
import { type FileEar, openFileEar } from './file-ear.ts';
import { type LiveEar, openLiveEar } from './live-ear.ts';
import { loadVad } from './silero.ts';

/** The worker's side of the protocol: decoding, VAD and cutting, off the page's thread. */
export function createEarWorker(ownOrt: OrtFiles): EarWorkerApi {
  const files = new Map<number, FileEar>();
  const lives = new Map<number, LiveEar>();
  let session: VadSession | undefined;
  let lastHandle = 0;

  function newVad(): Vad {
    if (session === undefined) throw new SottoError('internal', 'the ear was not started');
    return createVad(session);
  }
  function held<T>(map: ReadonlyMap<number, T>, handle: number): T {
    const ear = map.get(handle);
    if (ear === undefined) throw new SottoError('internal', `no source of handle ${handle}`);
    return ear;
  }

  return {
    start: ({ lock, vad, ort = ownOrt }) =>
      settle(async () => {
        await holdLife(navigator.locks, lock);
        session = await loadVad(vad, ort.wasm);
        return undefined;
      }, 'model_load_failed'),
    open: (source, plan) =>
      settle(async () => {
        const ear = await openFileEar(source, newVad(), plan);
        const handle = ++lastHandle;
        files.set(handle, ear);
        return { handle, info: ear.info };
      }),
    next: async (handle) => {
      const outcome = await settle(() => held(files, handle).next());
      return outcome.ok && outcome.value.kind === 'window'
        ? transfer(outcome, [outcome.value.window.samples.buffer as ArrayBuffer])
        : outcome;
    },
    listen: (port, rate, plan, onEvents) =>
      settle(async () => {
        const handle = ++lastHandle;
        lives.set(handle, openLiveEar(port, rate, newVad(), plan, onEvents));
        return { handle };
      }),
    finish: (handle) =>
      settle(async () => {
        await held(lives, handle).finish();
        return undefined;
      }),
    close: (handle) =>
      settle(async () => {
        await files.get(handle)?.close();
        lives.get(handle)?.close();
        files.delete(handle);
        lives.delete(handle);
        return undefined;
      }),
  };
}
