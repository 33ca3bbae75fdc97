import { type ErrorWire, toWire } from '../../shared/errors.ts';
import type { Transcriber } from '../client/transcriber.ts';

/** A change to another model that is going on. */
export interface ModelChange {
  /** undefined when it is ready, else why it is not (`cancelled` when a person did that) */
  readonly result: Promise<ErrorWire | undefined>;
  cancel(): void;
}

/** Makes a model ready and uses it from then on; when that fails the one before is used again. */
export function changeModel(transcriber: Transcriber, model: string): ModelChange {
  const before = transcriber.status.model;
  const abort = new AbortController();
  const run = async (): Promise<ErrorWire | undefined> => {
    try {
      await transcriber.useModel(model);
      await transcriber.prepare(abort.signal);
      return undefined;
    } catch (thrown) {
      if (before !== model) await transcriber.useModel(before);
      return toWire(thrown, 'model_load_failed');
    }
  };
  return { result: run(), cancel: () => abort.abort() };
}
