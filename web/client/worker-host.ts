import { proxy, type Remote, wrap } from 'comlink';
import type { EngineBatch, EngineInfo, LoadProgress, WindowReading } from '../../shared/asr/engine.ts';
import { fromWire, SottoError, toSottoError, unwrap } from '../../shared/errors.ts';
import type { EngineHost } from '../../shared/host/host.ts';
import type { EngineNotice, EngineStart, EngineWorkerApi } from '../../shared/protocol/engine-worker.ts';
import type { TellSent } from './sent.ts';
import { type WatchedWorker, watchWorker } from './worker-life.ts';

export interface WorkerHostOptions extends Omit<EngineStart, 'lock'> {
  readonly spawn: () => Worker;
  readonly onUncached?: (reason: string) => void;
  readonly onSent?: TellSent | undefined;
}

type Phase =
  | { readonly name: 'new' }
  | { readonly name: 'starting'; readonly watch: WatchedWorker }
  | { readonly name: 'ready'; readonly watch: WatchedWorker; readonly api: Remote<EngineWorkerApi> }
  | { readonly name: 'gone' };

/**
 * An engine in a Web Worker. Every call is raced against the worker's end, because comlink's calls to a dead
 * worker never settle.
 */
export function createWorkerHost(options: WorkerHostOptions): EngineHost {
  const { spawn, onUncached, onSent, ...engineStart } = options;
  let phase: Phase = { name: 'new' };
  let resolveExited: (reason: SottoError | undefined) => void = () => undefined;
  const exited = new Promise<SottoError | undefined>((resolve) => {
    resolveExited = resolve;
  });

  function finish(reason: SottoError | undefined): void {
    if (phase.name === 'gone') return;
    if (phase.name !== 'new') phase.watch.stop();
    phase = { name: 'gone' };
    resolveExited(reason);
  }

  /** `call`'s answer, or the worker's end as a rejection, whichever comes first. */
  async function whileAlive<P extends Promise<unknown>>(call: P): Promise<Awaited<P>> {
    const death = exited.then((reason): never => {
      throw reason ?? new SottoError('engine_exited', 'killed');
    });
    return Promise.race([call, death]);
  }

  return {
    exited,
    async start(onProgress: (progress: LoadProgress) => void): Promise<EngineInfo> {
      if (phase.name !== 'new') throw new SottoError('internal', 'a host starts once');
      const watch = watchWorker(spawn(), ({ loaded, detail }) =>
        finish(new SottoError(loaded ? 'engine_exited' : 'engine_blocked', detail)),
      );
      phase = { name: 'starting', watch };
      const api = wrap<EngineWorkerApi>(watch.worker);
      const notice = (said: EngineNotice) => {
        switch (said.type) {
          case 'alive':
            return watch.loaded();
          case 'progress':
            return onProgress(said.progress);
          case 'asked': {
            const { host, requests, bytes } = said;
            return onSent?.({ kind: 'model', host, model: engineStart.model, requests, bytes });
          }
          case 'uncached':
            return onUncached?.(said.reason);
          case 'lost':
            return finish(fromWire(said.error));
        }
      };
      try {
        const info = unwrap(await whileAlive(api.start({ ...engineStart, lock: watch.lock }, proxy(notice))));
        if (watch.over()) throw (await exited) ?? new SottoError('engine_exited', 'killed');
        phase = { name: 'ready', watch, api };
        return info;
      } catch (thrown) {
        const error = toSottoError(thrown);
        finish(error);
        throw error;
      }
    },
    async run(batch: EngineBatch): Promise<WindowReading[]> {
      if (phase.name !== 'ready') throw new SottoError('internal', `run while ${phase.name}`);
      return unwrap(await whileAlive(phase.api.run(batch)));
    },
    kill: () => finish(undefined),
  };
}
