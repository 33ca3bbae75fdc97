/** Whether there is a graphics card that Vulkan can compute on, and its name: onnxruntime-node does not tell. */
import { spawnSync } from 'node:child_process';

const SOFTWARE = /llvmpipe|lavapipe|swiftshader|software/i;

/** The first real one in what `vulkaninfo --summary` or `nvidia-smi -L` says; undefined when there is none. */
export function cardIn(said: string): string | undefined {
  const names = [...said.matchAll(/deviceName\s*=\s*(.+)|^GPU \d+: (.+?)(?: \(UUID.*)?$/gm)].map(
    ([, vulkan, nvidia]) => (vulkan ?? nvidia ?? '').trim(),
  );
  return names.find((name) => name !== '' && !SOFTWARE.test(name));
}

export function findCard(): string | undefined {
  // A software driver that was chosen by hand hides the card from Vulkan.
  if (SOFTWARE.test(process.env.VK_ICD_FILENAMES ?? process.env.VK_DRIVER_FILES ?? '')) return undefined;
  for (const [command, ...args] of [
    ['vulkaninfo', '--summary'],
    ['nvidia-smi', '-L'],
  ] as const) {
    const { stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 });
    const card = cardIn(stdout ?? '');
    if (card !== undefined) return card;
  }
  return undefined;
}
