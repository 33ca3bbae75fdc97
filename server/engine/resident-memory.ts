/** What an engine's processes hold, as they last said themselves. */
import type { EngineHost } from '../../shared/host/host.ts';

export interface ResidentMemory {
  /** The same host, counted from its start to its end. */
  counting(host: EngineHost): EngineHost;
  /** how many processes have said what they hold, and what that is together, in bytes */
  read(): { readonly processes: number; readonly bytes: number };
}

export function createResidentMemory(): ResidentMemory {
  const there = new Set<EngineHost>();
  return {
    counting(host) {
      return {
        exited: host.exited,
        kill: () => host.kill(),
        reached: () => host.reached?.() ?? true,
        memoryBytes: () => host.memoryBytes?.(),
        run: (batch, signal) => host.run(batch, signal),
        start(onProgress) {
          there.add(host);
          void host.exited.then(() => there.delete(host));
          return host.start(onProgress);
        },
      };
    },
    read() {
      const known = [...there].flatMap((host) => host.memoryBytes?.() ?? []);
      return { processes: known.length, bytes: known.reduce((sum, bytes) => sum + bytes, 0) };
    },
  };
}
