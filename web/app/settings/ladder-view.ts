/** The steps of the ladder and what became of each in this visit. Pure. */
import type { ErrorWire } from '../../../shared/errors.ts';
import type { LadderStep } from '../../client/rungs.ts';
import type { TranscriberStatus } from '../../client/transcriber.ts';

export type StepState =
  | { readonly name: 'runs' | 'starting' | 'waits' }
  | { readonly name: 'left'; readonly error: ErrorWire }
  /** the server does not have the model in use */
  | { readonly name: 'without-model' };

export interface ShownStep {
  readonly step: LadderStep;
  readonly state: StepState;
}

/** What it may run on, where the site offers no server. */
export const OWN_LADDER: readonly LadderStep[] = ['webgpu', 'wasm'];

/** `served`: what the server reads with; undefined where it is not known. */
export function shownSteps(
  ladder: readonly LadderStep[],
  { engine, changes, model }: Pick<TranscriberStatus, 'engine' | 'changes' | 'model'>,
  served?: readonly string[],
): ShownStep[] {
  return ladder.map((step) => {
    if (step === 'server' && served?.includes(model) === false) {
      return { step, state: { name: 'without-model' } };
    }
    if ('rung' in engine && engine.rung === step) {
      return { step, state: { name: engine.name === 'ready' ? 'runs' : 'starting' } };
    }
    const left = changes.findLast(({ from }) => from === step);
    return { step, state: left === undefined ? { name: 'waits' } : { name: 'left', error: left.error } };
  });
}
