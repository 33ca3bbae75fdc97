/** Audio that has killed engines, by the hash of its samples, so that it never gets to kill another one. */
import { createHash } from 'node:crypto';
import type { WindowReading } from '../../shared/asr/engine.ts';
import type { Outcome } from '../../shared/errors.ts';
import type { RunBatch } from '../../shared/queue/port.ts';

/** Keys are hashes; of windows here, of whole files where the service keeps one of its own. */
export interface PoisonMemory {
  /** Asking counts as use: what is asked for stays longest. */
  has(hash: string): boolean;
  remember(hash: string): void;
  clear(): void;
  readonly size: number;
}

/** Forgets the one that was not asked for longest when there are more than `max`. */
export function createPoisonMemory(max = 1_000): PoisonMemory {
  // A Map keeps the order of insertion: the first key is the stalest.
  const hashes = new Map<string, true>();

  function touch(hash: string): void {
    hashes.delete(hash);
    hashes.set(hash, true);
  }

  return {
    has(hash) {
      if (!hashes.has(hash)) return false;
      touch(hash);
      return true;
    },
    remember(hash) {
      touch(hash);
      for (const stalest of hashes.keys()) {
        if (hashes.size <= max) break;
        hashes.delete(stalest);
      }
    },
    clear: () => hashes.clear(),
    get size() {
      return hashes.size;
    },
  };
}

/** SHA-256 of the samples' bytes, in hex. */
export function hashOfSamples({ buffer, byteOffset, byteLength }: Float32Array): string {
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}

/** Refuses remembered windows at once, runs the others, and remembers those that turn out to be poison. */
export function refusingPoison(run: RunBatch, memory: PoisonMemory): RunBatch {
  return async (batch, signal) => {
    // Hashing takes milliseconds of the event loop: only where there is something to find.
    const known = batch.windows.map(({ samples }) => memory.size > 0 && memory.has(hashOfSamples(samples)));
    const windows = batch.windows.filter((_, index) => !known[index]);
    const outcomes = windows.length > 0 ? await run({ ...batch, windows }, signal) : [];
    for (const [index, outcome] of outcomes.entries()) {
      const window = windows[index];
      if (window !== undefined && isPoison(outcome)) memory.remember(hashOfSamples(window.samples));
    }
    const rest = outcomes.values();
    return known.map((refused) => (refused ? REMEMBERED : (rest.next().value ?? MISSING)));
  };
}

const isPoison = (outcome: Outcome<WindowReading>) => !outcome.ok && outcome.error.code === 'poison';

const REMEMBERED = { ok: false, error: { code: 'poison', detail: 'it killed engines before' } } as const;
const MISSING = { ok: false, error: { code: 'internal', detail: 'no outcome for a window' } } as const;
