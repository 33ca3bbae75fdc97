/** What the server and its live-ear process (resampler, VAD, cutter) say to each other. One process hears many sources. */
import type { ErrorWire } from '../errors.ts';
import type { LiveEvent, WindowPlan } from '../speech/window.ts';

export interface EarSetup {
  readonly plan: WindowPlan;
  /** hertz of what is pushed */
  readonly rate: number;
  /** of the VAD, in (0, 1): from which probability on a frame begins speech */
  readonly threshold: number;
}

export type ToEar =
  /** once, first: the path of the Silero model */
  | { readonly type: 'start'; readonly vad: string }
  /** A source; `warm`: so many of its first samples only warm up the VAD, they were heard before. */
  | { readonly type: 'open'; readonly source: number; readonly setup: EarSetup; readonly warm: number }
  | { readonly type: 'push'; readonly source: number; readonly samples: Float32Array }
  /** what is being said becomes final; the next sample begins anew */
  | { readonly type: 'flush'; readonly source: number }
  | { readonly type: 'close'; readonly source: number };

export type FromEar =
  /** what so many samples brought; times are from the first sample after `warm` or the last flush */
  | {
      readonly type: 'heard';
      readonly source: number;
      readonly samples: number;
      readonly events: readonly LiveEvent[];
    }
  | { readonly type: 'flushed'; readonly source: number; readonly events: readonly LiveEvent[] }
  | { readonly type: 'failed'; readonly source: number; readonly error: ErrorWire };
