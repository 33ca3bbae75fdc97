/** Runs the contract of an engine host against the real one, in a real worker, with the real demo model. */
import type { EngineBatch } from '../../../shared/asr/engine.ts';
import type { EngineHost } from '../../../shared/host/host.ts';
import { createWorkerHost } from '../../../web/client/worker-host.ts';
import { HOST_CASES, type HostMaker } from '../../contract/engine-host-cases.ts';

export interface CaseResult {
  readonly name: string;
  /** undefined: the case holds */
  readonly error: string | undefined;
}

declare global {
  interface Window {
    /** `samples`: mono 16 kHz speech */
    runContract(samples: readonly number[]): Promise<CaseResult[]>;
  }
}

const workers = new WeakMap<EngineHost, Worker[]>();

function makeHost(model: string): EngineHost {
  const spawned: Worker[] = [];
  const host = createWorkerHost({
    model,
    device: 'wasm',
    hub: 'https://hub.invalid',
    site: new URL('/models/', location.href).href,
    threads: 1,
    spawn() {
      const worker = new Worker(new URL('../../../web/engine/main.ts', import.meta.url), {
        type: 'module',
        name: 'sotto-engine',
      });
      spawned.push(worker);
      return worker;
    },
  });
  workers.set(host, spawned);
  return host;
}

window.runContract = async (samples) => {
  const batch: EngineBatch = {
    windows: [{ samples: Float32Array.from(samples) }],
    options: { task: 'transcribe', language: 'en' },
  };
  const maker: HostMaker = {
    healthy: () => makeHost('sotto-demo-en'),
    broken: () => makeHost('no-such-model'),
    batch: () => batch,
    // The worker goes without a word, as when the browser ends it: only its lock tells.
    crash(host) {
      for (const worker of workers.get(host) ?? []) worker.terminate();
    },
  };
  const results: CaseResult[] = [];
  for (const { name, applies, check } of HOST_CASES) {
    if (!applies(maker)) continue;
    const error = await check(maker).then(
      () => undefined,
      (thrown: unknown) => String(thrown),
    );
    results.push({ name, error });
  }
  return results;
};
