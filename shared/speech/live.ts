/** A live source as events: level, speech begins, partial and final windows, digital silence, the end. */
import { createLevelMeter, createSilenceDetector } from '../audio/level.ts';
import { SAMPLE_RATE } from '../audio/pcm.ts';
import { type Cutter, type CutterStep, createCutter } from './cutter.ts';
import type { Vad } from './vad.ts';
import type { LiveEvent, WindowPlan } from './window.ts';

export interface LiveOptions {
  readonly vad: Vad;
  /** see livePlan() */
  readonly plan: WindowPlan;
  /** seconds of sound between partials of one window while it is short; at most 1 keeps the promise of one a second */
  readonly partialEvery?: number;
}

export interface LiveListener {
  /**
   * 16 kHz samples as they come, in pieces of any length; not kept. Calls are worked off in order; finals are the same
   * whatever the pieces. Rejects with what the VAD throws; the listener is then of no more use.
   */
  push(samples: Float32Array): Promise<LiveEvent[]>;
  /** The microphone is off: what was being said becomes final, then `end`. */
  finish(): Promise<LiveEvent[]>;
}

export function createLiveListener(options: LiveOptions): LiveListener {
  const { vad, plan, partialEvery = 0.8 } = options;
  vad.reset();
  const cutter = createCutter(vad, plan);
  const meter = createLevelMeter();
  const silence = createSilenceDetector();
  const partials = createPartials(Math.round(partialEvery * SAMPLE_RATE));
  let heard = 0;
  let queue: Promise<unknown> = Promise.resolve();

  const inOrder = (work: () => Promise<LiveEvent[]>): Promise<LiveEvent[]> => {
    const result = queue.then(work);
    queue = result;
    return result;
  };

  const visit =
    (events: LiveEvent[]) =>
    (step: CutterStep): void => {
      for (const window of step.windows) events.push({ type: 'final', window });
      events.push(...partials(step.position, cutter));
    };

  return {
    push(samples) {
      const own = samples.slice();
      return inOrder(async () => {
        const events: LiveEvent[] = [];
        for (const { rms, seconds } of meter(own)) events.push({ type: 'level', rms, seconds });
        events.push(...silence(own));
        heard += own.length;
        await cutter.push(own, visit(events));
        return events;
      });
    },
    finish() {
      return inOrder(async () => {
        const events: LiveEvent[] = [];
        await cutter.finish((step) => {
          for (const window of step.windows) events.push({ type: 'final', window });
        });
        events.push({ type: 'end', seconds: heard / SAMPLE_RATE });
        return events;
      });
    },
  };
}

/**
 * A partial holds the whole window again, so that partials at a fixed rate would cost as the square of its length. The
 * longer the window the further apart they are: never more than this many seconds are offered a second.
 */
export const PARTIAL_SECONDS_A_SECOND = 15;

/** Decides, a frame at a time, whether speech began and whether a partial is due. */
function createPartials(every: number) {
  let index = -1;
  /** samples: how far the last partial came, and what had been said by then */
  let told = 0;
  let toldSpeech = 0;

  return (position: number, cutter: Cutter): LiveEvent[] => {
    const { open } = cutter;
    if (open === undefined) return [];
    const events: LiveEvent[] = [];
    if (open.index !== index) {
      index = open.index;
      // what the window before has as well was told with it
      told = Math.max(open.speechStart, open.sharedUntil);
      toldSpeech = told;
      events.push({ type: 'speech-start', at: open.speechStart / SAMPLE_RATE });
    }
    // in a pause there is nothing new to read
    const due = Math.max(every, (position - open.start) / PARTIAL_SECONDS_A_SECOND);
    if (position - told < due || open.speechEnd <= toldSpeech) return events;
    const window = cutter.partial();
    if (window === undefined) return events;
    told = position;
    toldSpeech = open.speechEnd;
    events.push({ type: 'partial', window });
    return events;
  };
}
