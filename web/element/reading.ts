/** What an element has going on: the engine it holds, and one job at a time. */
import type { ErrorWire } from '../../shared/errors.ts';
import { type Borrowed, borrow, type ShareOptions } from '../client/share.ts';
import type {
  Job,
  JobSnapshot,
  Source,
  TranscribeOptions,
  TranscriberStatus,
} from '../client/transcriber.ts';

export interface ReadingListener {
  changed(snapshot: JobSnapshot): void;
  /** the model's files come in: bytes */
  downloading(loaded: number, total: number): void;
  /** nothing could be begun: not even the script that would */
  failed(error: ErrorWire): void;
}

type Phase =
  | { readonly name: 'idle' }
  /** the engine's side is being fetched; `wanted` turns false when it is not wanted any more */
  | { readonly name: 'opening'; wanted: boolean }
  | { readonly name: 'running'; readonly job: Job };

export class Reading {
  readonly #listener: ReadingListener;
  #phase: Phase = { name: 'idle' };
  #borrowed: Borrowed | undefined;
  #unsubscribe: (() => void)[] = [];

  constructor(listener: ReadingListener) {
    this.#listener = listener;
  }

  get busy(): boolean {
    return this.#phase.name !== 'idle';
  }

  /** Begins one job; undefined when another goes on, or when it was given up before it began. */
  async begin(source: Source, options: TranscribeOptions, share: ShareOptions): Promise<Job | undefined> {
    if (this.#phase.name !== 'idle') return undefined;
    const opening: Phase = { name: 'opening', wanted: true };
    this.#phase = opening;
    try {
      this.#borrowed ??= await borrow(share);
    } catch (thrown) {
      this.#phase = { name: 'idle' };
      this.#listener.failed({ code: 'engine_blocked', detail: String(thrown) });
      return undefined;
    }
    if (!opening.wanted) {
      this.#phase = { name: 'idle' };
      this.giveBack();
      return undefined;
    }
    const { transcriber } = this.#borrowed;
    const job = transcriber.transcribe(source, options);
    this.#phase = { name: 'running', job };
    this.#unsubscribe = [
      job.subscribe((snapshot) => this.#listener.changed(snapshot)),
      transcriber.subscribe((status) => this.#download(status)),
    ];
    this.#listener.changed(job.snapshot);
    void job.ended.then(() => this.#end());
    return job;
  }

  stop(): void {
    if (this.#phase.name === 'running') this.#phase.job.stop();
    else this.abort();
  }

  abort(): void {
    if (this.#phase.name === 'opening') this.#phase.wanted = false;
    else if (this.#phase.name === 'running') this.#phase.job.cancel();
  }

  /** Lets go of the engine; others may hold it still. */
  giveBack(): void {
    if (this.#phase.name !== 'idle') return;
    this.#borrowed?.giveBack();
    this.#borrowed = undefined;
  }

  #end(): void {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    this.#phase = { name: 'idle' };
    // An engine stays for a while after the last who held it, so there is no reason to hold it between jobs.
    this.giveBack();
  }

  #download({ engine }: TranscriberStatus): void {
    if (engine.name !== 'loading' || engine.progress?.phase !== 'download') return;
    this.#listener.downloading(engine.progress.loaded, engine.progress.total);
  }
}
