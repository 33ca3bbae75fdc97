/** A real server engine, whose processes a test knows and may end. */

import { createProcessHost, type ProcessHost, type ProcessTiming } from '../../server/engine/process-host.ts';
import {
  createServerEngine,
  type OperatedServerEngine,
  type ServerEngineOptions,
} from '../../server/engine/server-engine.ts';
import type { EngineBatch } from '../../shared/asr/engine.ts';
import { modelFolders } from './models.ts';

export interface WatchedEngine {
  readonly engine: OperatedServerEngine;
  /** in the order in which they were started; the dead ones stay */
  readonly processes: readonly WatchedProcess[];
  /** resolves with the process that gets the next run, as soon as it has been sent */
  nextRun(): Promise<WatchedProcess>;
  /** resolves when the spare is ready */
  spareReady(): Promise<void>;
  /** of the next engine replaced */
  nextReplacement(): Promise<{ readonly reason: string; readonly ms: number }>;
}

export interface WatchedProcess {
  readonly host: ProcessHost;
  readonly pid: number;
  runs: number;
}

export const SERVER_OPTIONS: ServerEngineOptions = {
  model: 'sotto-demo-en',
  folders: modelFolders(),
  device: 'cpu',
  threads: 1,
  spares: 1,
  lanes: 4,
};

export async function startWatched(
  options: Partial<ServerEngineOptions> = {},
  timing?: ProcessTiming,
): Promise<WatchedEngine> {
  const processes: WatchedProcess[] = [];
  let onRun: (process: WatchedProcess) => void = () => undefined;
  const engine = await createServerEngine(
    { ...SERVER_OPTIONS, ...options },
    {
      createHost(start) {
        const host = createProcessHost(start, timing);
        const watched: WatchedProcess = { host, pid: -1, runs: 0 };
        return {
          exited: host.exited,
          kill: () => host.kill(),
          reached: () => host.reached?.() ?? true,
          memoryBytes: () => host.memoryBytes?.(),
          start(onProgress) {
            const starting = host.start(onProgress);
            processes.push(Object.assign(watched, { pid: host.pid ?? -1 }));
            return starting;
          },
          run(batch: EngineBatch, signal?: AbortSignal) {
            watched.runs += 1;
            const running = host.run(batch, signal);
            onRun(watched);
            return running;
          },
        };
      },
    },
  );
  return {
    engine,
    processes,
    nextRun: () =>
      new Promise((resolve) => {
        onRun = resolve;
      }),
    async spareReady() {
      while (engine.status().spare !== 'ready') await new Promise((resolve) => setTimeout(resolve, 10));
    },
    nextReplacement: () =>
      new Promise((resolve) => {
        const stop = engine.observe((event) => {
          stop();
          resolve(event);
        });
      }),
  };
}

/** Whether a process is there and not merely waiting to be reaped. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
