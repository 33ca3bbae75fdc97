/** How recognition is done where an instance does not say; a page may change it before it starts one. */
import type { LadderStep } from '../client/rungs.ts';

export interface RecognitionDefaults {
  /** catalogue id */
  model: string;
  /** address of the site that has the models; the script's own unless said */
  server: string | undefined;
  /** base address of the model hub; the one that the site names unless said */
  hub: string | undefined;
  /** where it may be computed, best first */
  ladder: readonly Exclude<LadderStep, 'server'>[];
  /** milliseconds that an engine nobody uses is kept */
  idleMs: number;
  /** milliseconds in which somebody must be heard, or it ends with `no-speech` */
  noSpeechMs: number;
}

export const DEFAULTS: RecognitionDefaults = {
  model: 'sotto-demo-en',
  server: undefined,
  hub: undefined,
  ladder: ['webgpu', 'wasm'],
  idleMs: 60_000,
  noSpeechMs: 8_000,
};
