/** Live sessions beside the load: the page's own client, whose windows must all be read, whatever is killed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { WindowReading } from '../../shared/asr/engine.ts';
import { ontoPcm16Grid } from '../../shared/audio/pcm16.ts';
import { toSottoError } from '../../shared/errors.ts';
import { WINDOW_PATH, WINDOW_PROTOCOL } from '../../shared/protocol/window-session.ts';
import { realClock } from '../../shared/queue/port.ts';
import { createServerHost } from '../../web/client/server-host.ts';
import type { LineSocket } from '../../web/client/server-line.ts';
import { DEFAULT_PATIENCE } from '../../web/client/server-tries.ts';
import { loadFixture } from '../support/pcm.ts';

export interface LiveTold {
  /** windows with their text */
  readonly served: number;
  /** windows without it, or with another one */
  readonly lost: number;
  readonly why: readonly string[];
}

export interface LiveLoad {
  readonly sessions: number;
  readonly ports: () => readonly number[];
  readonly over: AbortSignal;
}

const MODEL = 'sotto-demo-en';
const CLIP = 'us-male.wav';
/** A session says something every few seconds. */
const PAUSE_MS = 1_500;

export async function talk({ sessions, ports, over }: LiveLoad): Promise<LiveTold> {
  const samples = ontoPcm16Grid((await loadFixture(CLIP)).slice(0, 5 * 16_000));
  const why: string[] = [];
  let served = 0;
  let expected: string | undefined;

  async function speak(index: number): Promise<void> {
    let turn = index;
    const address = () =>
      `http://127.0.0.1:${ports()[turn % Math.max(1, ports().length)] ?? 0}${WINDOW_PATH}`;
    const host = createServerHost({
      clock: realClock,
      random: Math.random,
      model: MODEL,
      priority: () => 'live',
      // Machines come back within seconds; one that is cut off asks another.
      patience: {
        ...DEFAULT_PATIENCE,
        maxTries: 10,
        longestWaitMs: 2_000,
        maxSends: 10,
        silentReadingMs: 30_000,
      },
      allowed: async () => true,
      connect: () => {
        turn += 1;
        return new WebSocket(address().replace('http', 'ws'), WINDOW_PROTOCOL) as unknown as LineSocket;
      },
      probe: async (signal) => {
        const answer = await fetch(address(), { signal });
        await answer.body?.cancel();
        return { status: answer.status, retryAfter: answer.headers.get('retry-after') };
      },
    });
    try {
      await host.start(() => undefined);
      while (!over.aborted) {
        const [reading] = await host.run({
          windows: [{ samples }],
          options: { model: MODEL, task: 'transcribe' },
        });
        const text = textOf(reading);
        expected ??= text;
        if (text === expected && text !== '') served += 1;
        else why.push(`a window said "${text}"`);
        await sleep(PAUSE_MS);
      }
    } catch (thrown) {
      why.push(toSottoError(thrown).message);
    } finally {
      host.kill();
    }
  }

  await Promise.all(Array.from({ length: sessions }, (_, index) => speak(index)));
  return { served, lost: why.length, why };
}

const textOf = (reading: WindowReading | undefined): string =>
  (reading?.segments ?? []).map(({ text }) => text.trim()).join(' ');
