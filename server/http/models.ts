/** Which models there are, by which names, and the routes that list them. */
import { findModel, type ModelEntry } from '../../shared/asr/catalogue.ts';
import type { Model } from '../../shared/protocol/http.ts';
import type { ServedModel } from '../service/port.ts';
import { ApiError } from './api-error.ts';
import { troubleOf } from './trouble.ts';

export interface ModelChoice {
  readonly models: readonly ServedModel[];
  /** other names, e.g. `whisper-1`, to ids; undefined: the server's own, which is the first */
  readonly aliases: ReadonlyMap<string, string | undefined>;
}

export interface ChosenModel {
  readonly id: string;
  readonly served: ServedModel;
  /** undefined for a model that the catalogue does not know */
  readonly entry: ModelEntry | undefined;
}

/** Throws `model_unknown` with the list of ids. */
export function chooseModel(name: string, { models, aliases }: ModelChoice): ChosenModel {
  const wanted = aliases.has(name) ? (aliases.get(name) ?? models[0]?.id) : name;
  const served = models.find(({ id }) => id === wanted);
  if (served !== undefined) return { id: served.id, served, entry: findModel(served.id) };
  const ids = models.map(({ id }) => id).join(', ');
  throw new ApiError('model_unknown', `this server has ${ids === '' ? 'none' : ids}`, { param: 'model' });
}

/** As OpenAI shows a model, and how it stands here. `created`: Unix seconds. */
export function describeModel({ id, state, etaMs, error, memoryBytes }: ServedModel, created: number): Model {
  const owner = id.includes('/') ? (id.split('/')[0] ?? '') : 'sotto';
  return {
    id,
    object: 'model',
    created,
    owned_by: owner,
    state,
    eta_ms: etaMs === undefined ? null : Math.round(etaMs),
    error: error === undefined ? null : troubleOf(error),
    memory_bytes: memoryBytes ?? null,
  };
}
