/** Whether the engine reads as fast as someone speaks. Measured on the batches themselves; queueing does not count. */
import type { EngineBatch } from '../../shared/asr/engine.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { SottoError } from '../../shared/errors.ts';
import type { RungId } from '../../shared/host/host.ts';
import type { RunBatch } from '../../shared/queue/port.ts';

/** Batches in a row that took longer than what they read lasts. */
export type Pace = { readonly rung: RungId | undefined; readonly slow: number };

export const FRESH: Pace = { rung: undefined, slow: 0 };

/** So many: the first after a start is slow by nature (shaders are compiled), and one may be bad luck. */
const TOO_MANY = 4;

/** The pace after one more batch of final windows; another rung is measured anew. */
export function paced(before: Pace, rung: RungId | undefined, seconds: number, ms: number): Pace {
  const slow = rung === before.rung ? before.slow : 0;
  return { rung, slow: ms > seconds * 1000 ? slow + 1 : 0 };
}

export const fallsBehind = ({ slow }: Pace): boolean => slow >= TOO_MANY;

/** Rungs that may give way for someone who speaks: the one below is not slower by nature. */
export const maySpeedUp = (rung: RungId | undefined): rung is 'webgpu' => rung === 'webgpu';

export interface PaceOptions {
  /** someone is speaking: files may take as long as they need */
  readonly live: () => boolean;
  /** where the engine is, and what stands below it */
  readonly rung: () => { readonly here: RungId | undefined; readonly below: RungId | undefined };
  readonly now: () => number;
  readonly onTooSlow: (rung: RungId, why: SottoError) => void;
}

export function watchPace(run: RunBatch, { live, rung, now, onTooSlow }: PaceOptions): RunBatch {
  let pace = FRESH;
  return async (batch, signal) => {
    const { here } = rung();
    const started = now();
    const outcomes = await run(batch, signal);
    const { here: after, below } = rung();
    if (!live() || signal.aborted || here !== after || batch.options.effort === 'draft') return outcomes;
    const seconds = secondsOf(batch);
    const ms = now() - started;
    pace = paced(pace, here, seconds, ms);
    if (fallsBehind(pace) && maySpeedUp(here) && below === 'server') {
      pace = FRESH;
      const factor = (ms / 1000 / seconds).toFixed(1);
      onTooSlow(here, new SottoError('too_slow', `${factor} s for a second of speech`));
    }
    return outcomes;
  };
}

const secondsOf = ({ windows }: EngineBatch): number =>
  windows.reduce((sum, { samples }) => sum + samples.length / SAMPLE_RATE, 0);
