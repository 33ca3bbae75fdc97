import { readdir, readFile, readlink } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ProbeAnswer } from '../../shared/protocol/engine-process.ts';
import { PROBE_INPUT, PROBE_OUTPUT, probeModel } from './probe-model.ts';
import { softwareRenderer } from './software-renderer.ts';

process.on('disconnect', () => process.exit());
process.once('message', async (device: string) => {
  const answer = await probe(device);
  process.send?.(answer, () => process.exit());
});

async function probe(device: string): Promise<ProbeAnswer> {
  try {
    const session = await InferenceSession.create(probeModel(), { executionProviders: [device] });
    const { y } = await session.run({ x: new Tensor('float32', PROBE_INPUT, [PROBE_INPUT.length]) });
    const right = PROBE_OUTPUT.every((value, at) => y?.data[at] === value);
    return {
      error: right ? undefined : 'it computes wrong results',
      software: device === 'webgpu' ? await renderer() : undefined,
    };
  } catch (thrown) {
    return { error: thrown instanceof Error ? thrown.message : String(thrown), software: undefined };
  }
}

async function renderer(): Promise<string | undefined> {
  // Only Linux has these; a GPU of another system is taken at its word.
  const maps = await readFile('/proc/self/maps', 'utf8').catch(() => '');
  const files = await readdir('/proc/self/fd').catch(() => []);
  const open = await Promise.all(files.map((file) => readlink(`/proc/self/fd/${file}`).catch(() => '')));
  return softwareRenderer(maps, open);
}
