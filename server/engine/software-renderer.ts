/**
 * Node's runtime does not say which adapter WebGPU computes on. But a GPU is a device file that the process holds
 * open, and a renderer on the CPU is a library without one.
 */

const GPU_FILE = /^\/dev\/(dri\/|nvidia|kfd|dxg|mali)/;

const RENDERERS: readonly (readonly [library: RegExp, name: string])[] = [
  [/libvk_swiftshader/, 'SwiftShader'],
  [/libvulkan_lvp|libvulkan_lavapipe/, 'llvmpipe'],
];

/**
 * @param maps what is mapped into the process that has a WebGPU device, as /proc/self/maps
 * @param open the files it holds open
 * @returns the name of the renderer; undefined where it is a GPU
 */
export function softwareRenderer(maps: string, open: readonly string[]): string | undefined {
  if (open.some((path) => GPU_FILE.test(path))) return undefined;
  return RENDERERS.find(([library]) => library.test(maps))?.[1];
}
