/** The live-ear process's side: sound of many sources becomes events, each source on its own. */
import { createResampler } from '../../shared/audio/resample.ts';
import { SottoError, toWire } from '../../shared/errors.ts';
import type { EarSetup, FromEar, ToEar } from '../../shared/protocol/ear-process.ts';
import { createLiveListener, type LiveListener } from '../../shared/speech/live.ts';
import type { VadSession } from '../../shared/speech/silero.ts';
import { createVad, type Vad } from '../../shared/speech/vad.ts';
import type { LiveEvent } from '../../shared/speech/window.ts';

export interface EarChildParts {
  readonly send: (message: FromEar) => void;
  readonly loadVad: (path: string) => Promise<VadSession>;
}

interface Source {
  push(samples: Float32Array): Promise<LiveEvent[]>;
  flush(): Promise<LiveEvent[]>;
}

/** Gives what takes the messages. */
export function createEarChild({ send, loadVad }: EarChildParts): (message: ToEar) => void {
  let vad: Promise<VadSession> | undefined;
  const sources = new Map<number, Source>();
  const lines = new Map<number, Promise<void>>();

  /** The work of one source in its order; sources take turns at each message. */
  function inLine(source: number, work: (to: Source) => Promise<void>): void {
    const before = lines.get(source) ?? Promise.resolve();
    const next = before.then(async () => {
      const to = sources.get(source);
      if (to === undefined) return;
      try {
        await work(to);
      } catch (thrown) {
        sources.delete(source);
        send({ type: 'failed', source, error: toWire(thrown) });
      }
    });
    lines.set(source, next);
  }

  async function open(source: number, setup: EarSetup, warm: number): Promise<void> {
    try {
      if (vad === undefined) throw new SottoError('internal', 'open before start');
      sources.set(source, createSource(setup, warm, await vad));
    } catch (thrown) {
      send({ type: 'failed', source, error: toWire(thrown) });
    }
  }

  return (message) => {
    switch (message.type) {
      case 'start':
        vad = loadVad(message.vad);
        vad.catch(() => undefined); // whoever opens hears of it
        return;
      case 'open':
        return void lines.set(message.source, open(message.source, message.setup, message.warm));
      case 'push':
        return inLine(message.source, async (to) => {
          const { source, samples } = message;
          send({ type: 'heard', source, samples: samples.length, events: useful(await to.push(samples)) });
        });
      case 'flush':
        return inLine(message.source, async (to) => {
          send({ type: 'flushed', source: message.source, events: useful(await to.flush()) });
        });
      case 'close':
        sources.delete(message.source);
        lines.delete(message.source);
    }
  };
}

/** Levels are for meters that nobody has here. */
const useful = (events: readonly LiveEvent[]): LiveEvent[] => events.filter(({ type }) => type !== 'level');

function createSource(setup: EarSetup, warm: number, session: VadSession): Source {
  const vad = createVad(session);
  const heard = withThreshold(vad, setup.threshold);
  const resampler = createResampler(setup.rate);
  let warming = warm;
  let listener: LiveListener | undefined;

  /** Not `reset` where the VAD was warmed up: that would undo it. */
  const listen = (fresh: boolean): LiveListener =>
    createLiveListener({ plan: setup.plan, vad: fresh ? heard : { ...heard, reset: () => undefined } });

  return {
    async push(samples) {
      const warmUp = samples.subarray(0, warming);
      if (warmUp.length > 0) {
        warming -= warmUp.length;
        await vad.push(resampler.push(warmUp));
      }
      const rest = samples.subarray(warmUp.length);
      if (rest.length === 0) return [];
      listener ??= listen(warm === 0);
      return listener.push(resampler.push(rest));
    },
    async flush() {
      const last = resampler.flush();
      const ending = listener ?? listen(true);
      listener = listen(true);
      const events = await ending.push(last);
      const ended = [...events, ...(await ending.finish())];
      vad.reset();
      return ended;
    },
  };
}

/**
 * The same probabilities on a scale on which `threshold` is one half, where the segmenter's own threshold lies: moved
 * by a constant in log-odds, so that their order and their ends stay.
 */
export function withThreshold(vad: Vad, threshold: number): Vad {
  const odds = (1 - threshold) / threshold;
  const move = (p: number): number => (p * odds) / (p * odds + 1 - p);
  const moved = (all: Float32Array): Float32Array => (threshold === 0.5 ? all : all.map(move));
  return {
    push: async (samples) => moved(await vad.push(samples)),
    flush: async () => moved(await vad.flush()),
    reset: () => vad.reset(),
  };
}
