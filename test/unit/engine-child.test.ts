import { expect, test } from 'vitest';
import { createEngineChild } from '../../server/engine/child.ts';
import type { Engine } from '../../shared/asr/engine.ts';
import { SottoError } from '../../shared/errors.ts';
import type { EngineProcessStart, FromEngine } from '../../shared/protocol/engine-process.ts';
import { FAKE_INFO } from '../support/fake-host.ts';

const START: EngineProcessStart = { model: 'm', folders: [], device: 'cpu', threads: 1, lanes: 1 };
const BATCH = { windows: [{ samples: new Float32Array(16) }], options: { task: 'transcribe' } } as const;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function child(load: () => Promise<Engine>) {
  const said: FromEngine[] = [];
  const receive = createEngineChild({
    send: (message) => said.push(message),
    load: (_, onProgress) => {
      onProgress({ phase: 'start' });
      return load();
    },
    residentBytes: () => 123,
  });
  return { said, receive };
}

/** Reads until it is cancelled, or at once. */
const engine = (how: 'at once' | 'until cancelled'): Engine => ({
  info: FAKE_INFO,
  run: (_, signal) =>
    how === 'at once'
      ? Promise.resolve([])
      : new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(new SottoError('cancelled')));
        }),
  dispose: async () => undefined,
});

test('says how it starts, then answers each run with what the process holds', async () => {
  const { said, receive } = child(async () => engine('at once'));
  receive({ type: 'start', start: START });
  await turn();
  receive({ type: 'run', id: 7, batch: BATCH });
  await turn();
  expect(said).toEqual([
    { type: 'progress', progress: { phase: 'start' } },
    { type: 'started', outcome: { ok: true, value: FAKE_INFO }, residentBytes: 123 },
    { type: 'begun', id: 7 },
    { type: 'read', id: 7, outcome: { ok: true, value: [] }, residentBytes: 123 },
  ]);
  receive({ type: 'ping' });
  expect(said.at(-1)).toEqual({ type: 'pong' });
});

test('a start that fails is an answer with its code', async () => {
  const { said, receive } = child(async () => {
    throw new SottoError('model_not_found', 'x.onnx');
  });
  receive({ type: 'start', start: START });
  await turn();
  expect(said.at(-1)).toMatchObject({
    type: 'started',
    outcome: { ok: false, error: { code: 'model_not_found', detail: 'x.onnx' } },
  });
});

test('a run before the start and a second run are refused; the first goes on until it is cancelled', async () => {
  const { said, receive } = child(async () => engine('until cancelled'));
  receive({ type: 'run', id: 1, batch: BATCH });
  receive({ type: 'start', start: START });
  await turn();
  receive({ type: 'run', id: 2, batch: BATCH });
  receive({ type: 'run', id: 3, batch: BATCH });
  receive({ type: 'abort', id: 3 });
  await turn();
  const reads = () => said.filter((message) => message.type === 'read');
  expect(reads()).toMatchObject([
    { id: 1, outcome: { error: { code: 'internal', detail: 'run before start' } } },
    { id: 3, outcome: { error: { code: 'internal', detail: 'two runs at once' } } },
  ]);
  receive({ type: 'abort', id: 2 });
  await turn();
  expect(reads().at(-1)).toMatchObject({ id: 2, outcome: { error: { code: 'cancelled' } } });
  receive({ type: 'run', id: 4, batch: BATCH });
  receive({ type: 'abort', id: 4 });
  await turn();
  expect(reads().at(-1)).toMatchObject({ id: 4, outcome: { error: { code: 'cancelled' } } });
});
