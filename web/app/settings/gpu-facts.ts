/** What the browser says of its GPU and of itself: asked, never guessed from its name. */

export type GpuFacts =
  /** `api`: the browser has no WebGPU; `adapter`: it has, and found no GPU for it */
  | { readonly name: 'none'; readonly lacks: 'api' | 'adapter' }
  | {
      readonly name: 'adapter';
      /** for people */
      readonly label: string;
      /** computed by the CPU */
      readonly software: boolean;
      readonly halfFloats: boolean;
      /** bytes */
      readonly largestBuffer: number;
      readonly features: readonly string[];
    };

/** `gpu` is undefined where the browser has no WebGPU. */
export async function gpuFacts(gpu: Pick<GPU, 'requestAdapter'> | undefined): Promise<GpuFacts> {
  if (gpu === undefined) return { name: 'none', lacks: 'api' };
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (adapter === null) return { name: 'none', lacks: 'adapter' };
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  return {
    name: 'adapter',
    label: description || [vendor, architecture, device].filter((part) => part !== '').join(' ') || 'GPU',
    software: isFallbackAdapter || architecture === 'swiftshader',
    halfFloats: adapter.features.has('shader-f16'),
    largestBuffer: adapter.limits.maxBufferSize,
    features: [...adapter.features].sort(),
  };
}

export interface BrowserFacts {
  readonly cores: number | undefined;
  /** gigabytes, as far as the browser tells: rounded, and large ones made smaller */
  readonly memory: number | undefined;
  /** WebAssembly may use several threads: the page is isolated from others */
  readonly threads: boolean;
  readonly decodesFiles: boolean;
  readonly keepsFiles: boolean;
}

export function browserFacts(): BrowserFacts {
  return {
    cores: navigator.hardwareConcurrency || undefined,
    memory: 'deviceMemory' in navigator ? Number(navigator.deviceMemory) : undefined,
    threads: crossOriginIsolated,
    decodesFiles: 'AudioDecoder' in globalThis,
    keepsFiles: 'getDirectory' in (navigator.storage ?? {}),
  };
}
