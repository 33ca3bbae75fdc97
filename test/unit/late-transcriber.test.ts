import { describe, expect, it } from 'vitest';
import { createLateTranscriber } from '../../web/client/late.ts';
import type { Source } from '../../web/client/transcriber.ts';
import { createFakeTranscriber, type FakeTranscriber } from '../support/fake-transcriber.ts';

const source: Source = { kind: 'file', file: new Blob(), name: 'a.wav' };
const options = { hub: 'https://hub.example', model: 'demo' };

/** A late transcriber whose code the test brings, or fails to. */
function world() {
  let bring: () => void = () => undefined;
  let fail: (why: Error) => void = () => undefined;
  let asked = 0;
  const made: FakeTranscriber[] = [];
  const late = createLateTranscriber(options, () => {
    asked += 1;
    return new Promise((resolve, reject) => {
      bring = () =>
        resolve(({ model }) => {
          const real = createFakeTranscriber(model);
          made.push(real);
          return real;
        });
      fail = reject;
    });
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return {
    late,
    made,
    asked: () => asked,
    async arrives() {
      bring();
      await settled();
    },
    async fails() {
      fail(new Error('no network'));
      await settled();
    },
  };
}

describe('a transcriber whose code comes late', () => {
  it('asks for nothing before it is needed, then once', () => {
    const { late, asked } = world();
    late.useLadder(['wasm']);
    expect(late.status).toMatchObject({ model: 'demo', engine: { name: 'asleep' }, working: [] });
    expect(asked()).toBe(0);
    late.transcribe(source);
    late.transcribe(source);
    expect(asked()).toBe(1);
    expect(late.status).toMatchObject({ waiting: 2, working: ['demo'] });
  });

  it('shows a job that waits, which is the real one from then on, under the id it had', async () => {
    const { late, made, arrives } = world();
    const job = late.transcribe(source, { language: 'de' });
    const seen: string[] = [];
    job.subscribe(({ id, state }) => seen.push(`${id === job.id} ${state.name}`));
    expect(job.snapshot.state).toEqual({ name: 'waiting', position: 0, etaMs: undefined });
    await arrives();
    const [real] = made[0]?.jobs ?? [];
    expect(real?.options).toEqual({ language: 'de', model: 'demo' });
    real?.change({ state: { name: 'reading' } });
    real?.change({ state: { name: 'done' } });
    expect(seen).toEqual(['true waiting', 'true reading', 'true done']);
    expect(await job.ended).toMatchObject({ id: job.id, state: { name: 'done' } });
    job.stop();
    expect(real?.asked).toEqual(['stop']);
  });

  it('reads with the model that was in use when the job was given', async () => {
    const { late, made, arrives } = world();
    late.transcribe(source);
    await late.useModel('other');
    const heard: string[] = [];
    late.subscribe(({ model }) => heard.push(model));
    await arrives();
    expect(made[0]?.jobs.map(({ options: asked }) => asked.model)).toEqual(['demo']);
    expect(late.status.model).toBe('other');
    made[0]?.changeStatus({ waiting: 3 });
    expect(heard.at(-1)).toBe('other');
  });

  it('a job that is ended before does not start', async () => {
    const { late, made, arrives } = world();
    const [cancelled, stopped] = [late.transcribe(source), late.transcribe(source)];
    cancelled?.cancel();
    stopped?.stop();
    expect((await cancelled?.ended)?.state.name).toBe('cancelled');
    expect((await stopped?.ended)?.state.name).toBe('cancelled');
    expect(late.status).toMatchObject({ waiting: 0, working: [] });
    await arrives();
    expect(made[0]?.jobs).toEqual([]);
  });

  it('a job whose code does not come fails, and the next one tries again', async () => {
    const { late, made, asked, arrives, fails } = world();
    const job = late.transcribe(source);
    await fails();
    expect((await job.ended).state).toEqual({
      name: 'failed',
      error: { code: 'engine_unavailable', detail: 'no network' },
    });
    expect(late.status.working).toEqual([]);
    late.transcribe(source);
    expect(asked()).toBe(2);
    await arrives();
    expect(made[0]?.jobs).toHaveLength(1);
  });

  it('prepares with the real one, unless that was given up before', async () => {
    const { late, made, arrives } = world();
    const abort = new AbortController();
    const given = expect(late.prepare(abort.signal)).rejects.toThrow(/abort/i);
    const prepared = late.prepare();
    abort.abort();
    await arrives();
    await given;
    const info = { model: 'demo', device: 'wasm', dtype: 'q8', windowSeconds: 10, lanes: 1 } as const;
    made[0]?.prepared(info);
    expect(await prepared).toEqual(info);
  });
});
