/** Files of which nothing could be read because they end engines, by their SHA-256. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { SottoError } from '../../shared/errors.ts';
import { createPoisonMemory, type PoisonMemory } from '../engine/poison-memory.ts';

export interface FilePoison {
  /** Throws `poison` for a file that is remembered. */
  refuse(path: string, signal: AbortSignal): Promise<void>;
  remember(path: string, signal: AbortSignal): Promise<void>;
}

export function createFilePoison(memory: PoisonMemory = createPoisonMemory()): FilePoison {
  return {
    async refuse(path, signal) {
      // Reading a file twice costs: only where there is something to find.
      if (memory.size === 0) return;
      const hash = await hashOfFile(path, signal);
      if (hash !== undefined && memory.has(hash)) {
        throw new SottoError('poison', 'this very file ended the engine before');
      }
    },
    async remember(path, signal) {
      const hash = await hashOfFile(path, signal);
      if (hash !== undefined) memory.remember(hash);
    },
  };
}

/** Undefined for a file that cannot be read: whoever decodes it says so, better. */
async function hashOfFile(path: string, signal: AbortSignal): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
  } catch {
    return undefined;
  }
  return hash.digest('hex');
}
