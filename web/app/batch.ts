/** Many jobs as one file. The writer of archives is loaded when it is first asked for. */

import type { Manuscript } from '../../shared/formats/format.ts';
import type { OfferedId } from '../../shared/formats/offered.ts';
import type { OutputOptions } from '../../shared/formats/options.ts';
import type { Job } from '../client/transcriber.ts';

export type BatchState =
  | { readonly name: 'idle' }
  | { readonly name: 'packing'; readonly done: number; readonly total: number }
  | { readonly name: 'failed' };

export const IDLE: BatchState = { name: 'idle' };

interface Watched {
  readonly signal: AbortSignal;
  /** files written so far */
  tell(count: number): void;
}

/** The archive; none when it was cancelled or failed. */
export async function packed(
  jobs: readonly Job[],
  manuscript: (job: Job) => Promise<Manuscript>,
  format: OfferedId,
  options: OutputOptions,
  { signal, tell }: Watched,
): Promise<{ readonly state: BatchState; readonly file?: File }> {
  try {
    const { archive } = await import('../../shared/formats/archive.ts');
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    const work = {
      manuscripts: jobs.map((job) => () => manuscript(job)),
      names: jobs.map(({ snapshot }) => snapshot.source.name),
      format,
      options,
      pause: () => aTask(signal),
      onFile: tell,
    };
    for await (const chunk of archive(work)) chunks.push(chunk);
    return { state: IDLE, file: new File(chunks, `transcripts-${format}.zip`, { type: 'application/zip' }) };
  } catch (thrown) {
    if (signal.aborted) return { state: IDLE };
    console.error(thrown);
    return { state: { name: 'failed' } };
  }
}

/** Lets the page answer to its user. */
async function aTask(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal.throwIfAborted();
}
