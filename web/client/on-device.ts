/** Whether a model would need the network. */
import type { ModelEntry } from '../../shared/asr/catalogue.ts';
import { keyAt, keysOf, MODEL_CACHE } from '../../shared/asr/model-keys.ts';

/** A CTC model is one graph, the others an encoder and a decoder. */
const graphsOf = ({ architecture }: ModelEntry): number => (architecture === 'ctc' ? 1 : 2);

/** Whether all graphs of it are kept on this device; false where nothing can be kept (an insecure page). */
export async function isOnDevice(
  entry: ModelEntry,
  storage: Pick<CacheStorage, 'open'> | undefined = globalThis.caches,
): Promise<boolean> {
  if (storage === undefined) return false;
  const cache = await storage.open(MODEL_CACHE);
  const keys = (await cache.keys()).map(({ url }) => keyAt(url));
  return (
    keys.filter((key) => key.startsWith(keysOf(entry.id)) && key.endsWith('.onnx')).length >= graphsOf(entry)
  );
}
