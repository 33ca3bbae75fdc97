import { existsSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { askInChild, probeDevices, shortened } from '../../server/engine/probe.ts';
import { softwareRenderer } from '../../server/engine/software-renderer.ts';
import type { ProbeAnswer } from '../../shared/protocol/engine-process.ts';

const WORKS: ProbeAnswer = { error: undefined, software: undefined };
const probe = (
  answers: Partial<Record<'cuda' | 'webgpu' | 'cpu', ProbeAnswer>>,
  device: 'auto' | 'cuda' | 'webgpu' | 'cpu' = 'auto',
  softwareGpu: 'refuse' | 'allow' = 'refuse',
) =>
  probeDevices({
    device,
    softwareGpu,
    limitMs: 1,
    ask: async (asked) => answers[asked] ?? { error: `no ${asked}`, software: undefined },
  });

describe('the order', () => {
  test('the first that works is taken, the others are said to be not tried or why not', async () => {
    expect(await probe({ webgpu: WORKS, cpu: WORKS })).toEqual([
      { device: 'cuda', outcome: 'unavailable', detail: 'no cuda' },
      { device: 'webgpu', outcome: 'chosen' },
      { device: 'cpu', outcome: 'not-tried', detail: 'webgpu works' },
    ]);
  });

  test('a pinned device is the only one tried', async () => {
    const tried = await probe({ cpu: WORKS }, 'cuda');
    expect(tried.map(({ outcome }) => outcome)).toEqual(['unavailable', 'not-tried', 'not-tried']);
  });

  test('an adapter that is no GPU is refused by name, unless it is allowed', async () => {
    const software: ProbeAnswer = { error: undefined, software: 'llvmpipe' };
    const refused = await probe({ webgpu: software, cpu: WORKS });
    expect(refused.slice(1)).toEqual([
      { device: 'webgpu', outcome: 'unavailable', detail: 'software adapter (llvmpipe)' },
      { device: 'cpu', outcome: 'chosen' },
    ]);
    const allowed = await probe({ webgpu: software }, 'webgpu', 'allow');
    expect(allowed[1]).toEqual({ device: 'webgpu', outcome: 'chosen', detail: 'llvmpipe' });
  });
});

test('a GPU is known by its device file, a renderer by its library', () => {
  const swiftshader = '7f00-7f01 r-xp 00000000 08:01 42 /usr/lib/libvk_swiftshader.so\n';
  expect(softwareRenderer(swiftshader, ['/dev/null'])).toBe('SwiftShader');
  expect(softwareRenderer('/usr/lib/libvulkan_lvp.so', [])).toBe('llvmpipe');
  expect(softwareRenderer(`${swiftshader}/usr/lib/libvulkan_lvp.so`, ['/dev/nvidia0'])).toBe(undefined);
  expect(softwareRenderer('', ['/dev/dri/renderD128'])).toBe(undefined);
});

test("the runtime's preamble is left out", () => {
  expect(
    shortened(
      '/src/webgpu_context.cc:136 lambda() status == Success was false. Failed to get a WebGPU adapter',
    ),
  ).toBe('Failed to get a WebGPU adapter');
  expect(shortened('Failed to load shared library')).toBe('Failed to load shared library');
});

describe('in processes of their own', () => {
  const ICD = '/usr/lib/chromium/vk_swiftshader_icd.json';
  const before = process.env.VK_ICD_FILENAMES;
  afterEach(() => {
    if (before === undefined) delete process.env.VK_ICD_FILENAMES;
    else process.env.VK_ICD_FILENAMES = before;
  });

  test('the CPU works, and CUDA says why it does not', async () => {
    const [cpu, cuda] = await Promise.all([askInChild('cpu', 30_000), askInChild('cuda', 30_000)]);
    expect(cpu).toEqual(WORKS);
    if (!existsSync('/dev/nvidia0')) expect(cuda.error).toMatch(/cuda/i);
  });

  test('one that gives no answer in time is killed and said to be late', async () => {
    const answer = await askInChild('cpu', 1);
    expect(answer.error).toBe('the probe ended without an answer: no answer within 1 ms');
  });

  test.skipIf(!existsSync(ICD))('a real software adapter is found out', async () => {
    process.env.VK_ICD_FILENAMES = ICD;
    expect(await askInChild('webgpu', 30_000)).toEqual({ error: undefined, software: 'SwiftShader' });
  });
});
