/** Whether a device can hold a model, as far as a browser lets anyone know. Pure. */
import type { DtypePair, ModelEntry } from './catalogue.ts';
import { downloadBytes } from './catalogue.ts';

export interface DeviceLimits {
  /** `GPUAdapter.limits.maxBufferSize`, bytes; undefined: no GPU is used */
  readonly maxBufferSize: number | undefined;
  /** `navigator.deviceMemory`, GiB, which is rounded and says 8 for anything from 8 on; undefined: not told */
  readonly deviceMemoryGib: number | undefined;
}

/**
 * The decoder's token embedding is the largest tensor and goes into one buffer. Of the catalogue's files it is at least
 * this share: whole floats beside them, and kept in floats where everything else has four bits.
 */
const EMBEDDING = { packed: 0.6, whole: 0.25 };
/** The file as it came, the weights as the runtime keeps them, and what a pass needs. */
const TIMES_HELD = 2.5;
/** What of the memory one page may hope for. */
const SHARE_OF_MEMORY = 0.5;
const GIB = 2 ** 30;
/** From here on the browser does not say how much there really is. */
const MEMORY_NOT_TOLD = 8;

/** Why it will not fit; undefined where it may. In doubt it may: a load that fails is told as well. */
export function tooBig(entry: ModelEntry, dtype: DtypePair, limits: DeviceLimits): string | undefined {
  const { maxBufferSize, deviceMemoryGib } = limits;
  const packed = dtype.decoder.startsWith('q4');
  const largest = (entry.sizes.decoder[dtype.decoder] ?? 0) * EMBEDDING[packed ? 'packed' : 'whole'];
  if (maxBufferSize !== undefined && largest > maxBufferSize) {
    return `a tensor of about ${megabytes(largest)} for buffers of at most ${megabytes(maxBufferSize)}`;
  }
  if (deviceMemoryGib === undefined || deviceMemoryGib >= MEMORY_NOT_TOLD) return undefined;
  const needed = downloadBytes(entry, dtype) * TIMES_HELD;
  if (needed <= deviceMemoryGib * GIB * SHARE_OF_MEMORY) return undefined;
  return `about ${megabytes(needed)} needed of ${deviceMemoryGib} GiB of memory`;
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
