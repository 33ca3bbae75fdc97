/** What the engine was started with is kept, also where the service worker came too late to see it fetched. */
import { type OrtFiles, ortBuild, ortFilesIn } from '../../../shared/protocol/ort-files.ts';
import type { Transcriber, TranscriberStatus } from '../../client/transcriber.ts';
import { USED_CACHE } from '../../offline/protocol.ts';

export interface EngineFiles {
  readonly ort: OrtFiles;
  /** address of the voice activity model */
  readonly vad: string;
}

/** Addresses of what an engine needs beside its model; none where none runs on this device. Pure. */
export function usedBy(
  engine: TranscriberStatus['engine'],
  suspends: boolean,
  { ort, vad }: EngineFiles,
): string[] {
  if (engine.name !== 'ready' || (engine.rung !== 'webgpu' && engine.rung !== 'wasm')) return [];
  // Voice activity is always found on the CPU.
  const builds = new Set([ortBuild(engine.rung, suspends), 'wasm'] as const);
  return [...[...builds].flatMap((build) => [ort[build].mjs, ort[build].wasm]), vad];
}

export function keepUsed(transcriber: Pick<Transcriber, 'status' | 'subscribe'>): void {
  const container: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  if (container === undefined) return;
  const files: EngineFiles = {
    ort: ortFilesIn(new URL(import.meta.env.SOTTO_ORT_BASE, location.origin).href),
    vad: new URL('/vad/silero_vad_v6_sequence.onnx', location.origin).href,
  };
  const asked = new Set<string>();
  const look = (): void => {
    if (container.controller === null) return;
    const wanted = usedBy(transcriber.status.engine, 'Suspending' in WebAssembly, files);
    const missing = wanted.filter((url) => !asked.has(url));
    for (const url of missing) asked.add(url);
    if (missing.length > 0) void keep(missing);
  };
  transcriber.subscribe(look);
  container.addEventListener('controllerchange', look);
}

async function keep(urls: readonly string[]): Promise<void> {
  try {
    const cache = await caches.open(USED_CACHE);
    for (const url of urls) if ((await cache.match(url)) === undefined) await cache.add(url);
  } catch (thrown) {
    // It works now, and needs the network the next time.
    console.warn('The engine could not be kept for use without a network.', thrown);
  }
}
