/** How wide an engine reads where nobody said: what is known of the device, or what trials show. */
import { chooseLanes } from './calibrate.ts';
import { createEngine, type LoadedModel } from './create-engine.ts';
import type { EngineInfo } from './engine.ts';
import type { LoadOptions } from './load-options.ts';
import { SELF_TEST_OPTIONS } from './self-test.ts';
import { selfTestClip } from './self-test-clip.ts';

/** 1 where there is no memory to keep the answer in, and for models whose batches must be of equal lengths. */
export async function lanesOf(options: LoadOptions, loaded: LoadedModel, info: EngineInfo): Promise<number> {
  const { laneMemory: memory, version, numThreads, wasm } = options;
  if (memory === undefined || loaded.kind !== 'whisper') return 1;
  const { frames, decoderLayers: layers, decoderHeads: heads, headSize } = loaded.model.config;
  const choosing = chooseLanes({
    info,
    memory,
    size: { positions: frames / 2, layers, heads, headSize },
    ...(version === undefined ? {} : { version }),
    threads: numThreads ?? wasm?.numThreads ?? 0,
    engineOf: (lanes) => createEngine(loaded, { ...info, lanes }, SELF_TEST_OPTIONS),
    clip: selfTestClip(),
  });
  // a caller's memory that fails is no reason for a good engine not to start
  return choosing.catch(() => 1);
}
