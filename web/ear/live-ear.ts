import { createResampler } from '../../shared/audio/resample.ts';
import type { CaptureMessage } from '../../shared/protocol/ear-worker.ts';
import { createLiveListener } from '../../shared/speech/live.ts';
import { livePlan } from '../../shared/speech/plans.ts';
import type { Vad } from '../../shared/speech/vad.ts';
import type { LiveEvent, WindowPlan } from '../../shared/speech/window.ts';

export interface LiveEar {
  /** Resolves when the last of the sound that was captured has been heard and told. */
  finish(): Promise<void>;
  close(): void;
}

/** How often a partial is offered, in seconds of sound. */
const PARTIAL_EVERY = 0.8;
/** How long the last chunk of a stopped microphone may take before the tail is closed without it. */
const LAST_CHUNK_MS = 2000;

/** Hears the chunks of a capture worklet, one after another, as they come. */
export function openLiveEar(
  port: MessagePort,
  rate: number,
  vad: Vad,
  plan: WindowPlan,
  onEvents: (events: readonly LiveEvent[]) => void,
): LiveEar {
  const resampler = createResampler(rate);
  const listener = createLiveListener({ vad, plan: livePlan(plan), partialEvery: PARTIAL_EVERY });
  let work: Promise<void> = Promise.resolve();
  let lastCame = () => {};
  const last = new Promise<void>((resolve) => {
    lastCame = resolve;
  });

  const tell = (events: readonly LiveEvent[]) => {
    if (events.length > 0) onEvents(events);
  };
  port.onmessage = ({ data }: MessageEvent<CaptureMessage>) => {
    if (data.length === 0) return lastCame();
    work = work.then(async () => tell(await listener.push(resampler.push(data))));
    work.catch(() => undefined); // told by finish
  };

  return {
    async finish() {
      await Promise.race([last, new Promise((resolve) => setTimeout(resolve, LAST_CHUNK_MS))]);
      port.onmessage = null;
      await work;
      tell(await listener.push(resampler.flush()));
      tell(await listener.finish());
    },
    close() {
      port.onmessage = null;
      port.close();
    },
  };
}
