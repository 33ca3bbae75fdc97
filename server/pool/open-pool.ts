/** From what may be asked for to the engines behind the gate. Throws `model_unknown`. */
import { findModel, type ModelEntry } from '../../shared/asr/catalogue.ts';
import { SottoError } from '../../shared/errors.ts';
import type { Clock } from '../../shared/queue/port.ts';
import { createServerEngine, type ServerEngine, type ServerEngineOptions } from '../engine/server-engine.ts';
import { createEnginePool, type EnginePoolParts } from './engine-pool.ts';
import type { EnginePool } from './port.ts';
import { createSolePool } from './sole-pool.ts';

export interface PoolOptions {
  /** of the server's own model */
  readonly engine: ServerEngineOptions;
  /** undefined: its own alone */
  readonly models?: {
    /** what else may be asked for */
    readonly others: readonly string[];
    /** which of them are loaded whenever there is room */
    readonly preload: readonly string[];
    /** for all of them together */
    readonly memoryBytes: number;
  };
}

export interface PoolParts {
  /** of its own model, where that is the only one */
  readonly engine?: ServerEngine | undefined;
  readonly pool?: Omit<EnginePoolParts, 'onTurn' | 'clock'> | undefined;
  readonly clock: Clock;
  /** who could not begin may be able to now */
  readonly onTurn: () => void;
}

export async function openPool(
  { engine: options, models }: PoolOptions,
  { engine, pool, clock, onTurn }: PoolParts,
): Promise<EnginePool> {
  const own = knownModel(options.model);
  if (models === undefined || models.others.length === 0) {
    return createSolePool(own, engine ?? (await createServerEngine(options)), clock);
  }
  const { others, ...more } = models;
  const entries = [own, ...others.map(knownModel)] as const;
  return createEnginePool({ engine: options, entries, ...more }, { ...pool, clock, onTurn });
}

export function knownModel(id: string): ModelEntry {
  const entry = findModel(id);
  if (entry === undefined) throw new SottoError('model_unknown', id);
  return entry;
}
