import { SottoError } from '../../shared/errors.ts';

export interface AdapterFacts {
  /** half floats in shaders: what fp16 and q4f16 models need */
  readonly fp16: boolean;
  /** for people */
  readonly name: string;
  /** bytes */
  readonly maxBufferSize: number;
}

/**
 * Asks for a GPU. A browser without one does not throw: `navigator.gpu` is missing, or the adapter is null.
 * Throws SottoError `no_adapter`.
 */
export async function probeAdapter(gpu: GPU | undefined): Promise<AdapterFacts> {
  const adapter = await gpu?.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new SottoError('no_adapter');
  const { vendor, architecture, device, description } = adapter.info;
  const name = description || [vendor, architecture, device].filter((part) => part !== '').join(' ');
  return {
    fp16: adapter.features.has('shader-f16'),
    name: name || 'GPU',
    maxBufferSize: adapter.limits.maxBufferSize,
  };
}
