/** Between the page and its library: what is started is kept, unless the visitor chose otherwise. */
import { findModel } from '../../shared/asr/catalogue.ts';
import { spokenSegments } from '../../shared/edit/document.ts';
import type { Manuscript } from '../../shared/formats/format.ts';
import type { Job, Source, TranscribeOptions, Transcriber } from '../client/transcriber.ts';
import type { Library } from '../library/library-port.ts';
import type { Session } from '../library/port.ts';
import type { KeptJob } from './job-card.ts';
import { manuscriptOf } from './manuscript.ts';
import { recall, remember } from './preferences.ts';
import { fragmentOf } from './view.ts';

export interface Desk {
  /** undefined: this browser keeps nothing */
  readonly library: Library | undefined;
  readonly keeps: boolean;
  setKeeps(keeps: boolean): void;
  /** called when that has changed */
  subscribe(listener: () => void): () => void;
  /** `again`: the job whose source this is; `session`: what it is recorded together with */
  transcribe(source: Source, options: TranscribeOptions, again?: Job, session?: Session): Job;
  /** A job's way into the library; undefined where it is not kept. The same object each time. */
  kept(job: Job): KeptJob | undefined;
  /** What is written down of a job: its text as edited, where it was. */
  manuscript(job: Job): Promise<Manuscript>;
  /** Reads an unfinished recording on; undefined where there is nothing to read. */
  resume(id: string): Promise<Job | undefined>;
}

export function createDesk(library: Library | undefined, transcriber: Transcriber): Desk {
  let keeps = recall('keep') !== 'no';
  const listeners = new Set<() => void>();

  const ways = new WeakMap<Job, KeptJob>();

  async function manuscript(job: Job): Promise<Manuscript> {
    const heard = manuscriptOf(job.snapshot);
    const id = library?.idOf(job);
    const edited = id === undefined ? undefined : await library?.document(id);
    return edited === undefined || edited.revision === 0
      ? heard
      : { ...heard, segments: spokenSegments(edited.document) };
  }

  return {
    library,
    get keeps() {
      return keeps;
    },
    setKeeps(next) {
      keeps = next;
      remember('keep', next ? 'yes' : 'no');
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    transcribe(source, options, again, session) {
      // The rest of a recording that failed is no recording of its own: the whole is here, and can be read on.
      const isRest = again !== undefined && again.snapshot.kept?.source === source;
      const keeping = keeps && !isRest ? library?.keep(source, again, session) : undefined;
      const job = transcriber.transcribe(source, { ...options, ...keeping?.options });
      keeping?.follow(job, options);
      return job;
    },
    kept(job) {
      const id = library?.idOf(job);
      const before = ways.get(job);
      if (id === undefined || before !== undefined) return before;
      const way = { href: fragmentOf({ name: 'recording', id }), manuscript: () => manuscript(job) };
      ways.set(job, way);
      return way;
    },
    manuscript,
    async resume(id) {
      const unfinished = await library?.resume(id);
      if (unfinished === undefined) return undefined;
      const { model, ...options } = unfinished.options;
      try {
        const known = model !== undefined && findModel(model) !== undefined;
        const job = transcriber.transcribe(unfinished.source, { ...options, ...(known ? { model } : {}) });
        unfinished.follow(job);
        return job;
      } catch (thrown) {
        unfinished.letGo();
        throw thrown;
      }
    },
  };
}
