/** The transcriber of this browser, whose code is fetched when it is first needed. */
import { lateJob } from './late-job.ts';
import type { LocalOptions } from './local.ts';
import type { Source, TranscribeOptions, Transcriber, TranscriberStatus } from './transcriber.ts';

type Load = () => Promise<(options: LocalOptions) => Transcriber>;

const fetched: Load = async () => (await import('./local.ts')).createLocalTranscriber;

/** Nothing of it runs before the first job, or before a model is to be made ready. */
export function createLateTranscriber(options: LocalOptions, load: Load = fetched): Transcriber {
  const listeners = new Set<(status: TranscriberStatus) => void>();
  /** what it is created with, as changed since */
  let chosen = options;
  /** models of the jobs that wait for the code */
  const early: string[] = [];
  let real: Transcriber | undefined;
  let coming: Promise<Transcriber> | undefined;
  let closed = false;

  const status = (): TranscriberStatus =>
    real?.status ?? {
      model: chosen.model,
      engine: { name: 'asleep' },
      changes: [],
      waiting: early.length,
      working: [...new Set(early)],
      storage: 'kept',
    };
  function tell(): void {
    const now = status();
    for (const listener of [...listeners]) listener(now);
  }

  async function bring(): Promise<Transcriber> {
    const create = await load();
    const made = create(chosen);
    if (closed) await made.close();
    made.subscribe(tell);
    real = made;
    return made;
  }
  /** One at a time; after a failure the next who needs it tries again. */
  function arrived(): Promise<Transcriber> {
    coming ??= bring().catch((thrown: unknown) => {
      coming = undefined;
      throw thrown;
    });
    return coming;
  }

  function wait(source: Source, jobOptions: TranscribeOptions) {
    const model = jobOptions.model ?? chosen.model;
    early.push(model);
    const job = lateJob(
      source,
      { model, language: jobOptions.language ?? 'auto' },
      // The model it was asked for, also when another one is chosen meanwhile.
      arrived().then((made) => () => made.transcribe(source, { ...jobOptions, model })),
      () => {
        early.splice(early.indexOf(model), 1);
        tell();
      },
    );
    tell();
    return job;
  }

  return {
    get status() {
      return status();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    transcribe: (source, jobOptions = {}) =>
      real === undefined ? wait(source, jobOptions) : real.transcribe(source, jobOptions),
    async prepare(signal, model) {
      const made = await arrived();
      signal?.throwIfAborted();
      return made.prepare(signal, model);
    },
    async useModel(model) {
      if (real !== undefined) return real.useModel(model);
      chosen = { ...chosen, model };
      tell();
    },
    useLadder(ladder) {
      if (real !== undefined) return real.useLadder(ladder);
      chosen = { ...chosen, ladder };
    },
    async close() {
      closed = true;
      await real?.close();
    },
  };
}
