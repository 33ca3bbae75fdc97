/**
 * What every engine host must do, as plain functions: they run in vitest (engine-host.ts) and, bundled, on a
 * page, where the worker host is. Each throws an Error that says what was wrong.
 */
import type { EngineBatch, EngineInfo, LoadProgress } from '../../shared/asr/engine.ts';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { SottoError } from '../../shared/errors.ts';
import type { EngineHost } from '../../shared/host/host.ts';

/** What a host's test brings. Each maker gives a fresh host that was not started. */
export interface HostMaker {
  /** a host that works */
  healthy(): EngineHost;
  /** one or more windows that the engine reads, with text in the first; no wider than its lanes */
  batch(): EngineBatch | Promise<EngineBatch>;
  /** a host whose start must fail, if the place can be made to */
  broken?(): EngineHost;
  /** ends the place from outside the port, as a crash would, if the test can */
  crash?(host: EngineHost): void;
}

export interface HostCase {
  readonly name: string;
  /** false where the maker lacks what the case needs */
  applies(maker: HostMaker): boolean;
  check(maker: HostMaker): Promise<void>;
}

function ensure(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

const nothing = (_: LoadProgress) => {};

async function rejection(promise: Promise<unknown>, what: string): Promise<SottoError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  ensure(thrown !== undefined, `${what} resolved, it should have rejected`);
  ensure(thrown instanceof SottoError, `${what} rejected with ${String(thrown)}, which is no SottoError`);
  return thrown;
}

/** Starts a healthy host, hands it on, and kills it in the end. */
async function started(
  maker: HostMaker,
  use: (host: EngineHost, info: EngineInfo) => Promise<void>,
): Promise<void> {
  const host = maker.healthy();
  try {
    await use(host, await host.start(nothing));
  } finally {
    host.kill();
    await host.exited;
  }
}

const always = () => true;

export const HOST_CASES: readonly HostCase[] = [
  {
    name: 'starts, says what it is, and reports progress only until then',
    applies: always,
    async check(maker) {
      const host = maker.healthy();
      let late = false;
      let over = false;
      const info = await host.start(() => {
        late ||= over;
      });
      over = true;
      await host.run(await maker.batch());
      host.kill();
      await host.exited;
      ensure(!late, 'progress came after the start had settled');
      ensure(info.model !== '', 'the model has no name');
      ensure(info.windowSeconds > 0, `windowSeconds is ${info.windowSeconds}`);
      ensure(Number.isInteger(info.lanes) && info.lanes >= 1, `lanes is ${info.lanes}`);
    },
  },
  {
    name: 'gives one reading a window, in order, with times inside the window',
    applies: always,
    check: (maker) =>
      started(maker, async (host) => {
        const batch = await maker.batch();
        const readings = await host.run(batch);
        ensure(readings.length === batch.windows.length, `${readings.length} readings`);
        ensure((readings[0]?.segments.length ?? 0) > 0, 'no text in the first window');
        for (const [index, { segments }] of readings.entries()) {
          const seconds = (batch.windows[index]?.samples.length ?? 0) / SAMPLE_RATE;
          for (const { start, end } of segments) {
            ensure(
              0 <= start && start <= end && end <= seconds + 1e-6,
              `segment ${start}–${end} of ${seconds}`,
            );
          }
        }
      }),
  },
  {
    name: 'leaves the samples as they were, so that they can be read again, with the same result',
    applies: always,
    check: (maker) =>
      started(maker, async (host) => {
        const batch = await maker.batch();
        const before = batch.windows.map((window) => window.samples.slice());
        const first = await host.run(batch);
        for (const [index, samples] of before.entries()) {
          const now = batch.windows[index]?.samples;
          ensure(now?.length === samples.length, `window ${index} was detached or cut`);
          ensure(
            samples.every((sample, at) => sample === now[at]),
            `window ${index} was changed`,
          );
        }
        const second = await host.run(batch);
        ensure(
          JSON.stringify(first.map((r) => r.tokens)) === JSON.stringify(second.map((r) => r.tokens)),
          'the second reading differs',
        );
      }),
  },
  {
    name: 'kill: exited resolves with nothing, a second kill is harmless, calls reject',
    applies: always,
    async check(maker) {
      const host = maker.healthy();
      await host.start(nothing);
      let exited = false;
      const watching = host.exited.then((why) => {
        exited = true;
        return why;
      });
      await host.run(await maker.batch());
      ensure(!exited, 'exited before anything ended it');
      host.kill();
      host.kill();
      ensure((await watching) === undefined, 'exited gave a reason after kill');
      host.kill();
      await rejection(host.run(await maker.batch()), 'run after kill');
    },
  },
  {
    name: 'kill before and during the start: the start rejects',
    applies: always,
    async check(maker) {
      const early = maker.healthy();
      early.kill();
      ensure((await early.exited) === undefined, 'exited gave a reason after kill');
      await rejection(early.start(nothing), 'start after kill');

      const host = maker.healthy();
      const starting = rejection(host.start(nothing), 'start while killed');
      host.kill();
      await starting;
      ensure((await host.exited) === undefined, 'exited gave a reason after kill');
    },
  },
  {
    name: 'kill during a run: the run rejects; another host reads the same batch',
    applies: always,
    async check(maker) {
      const batch = await maker.batch();
      await started(maker, async (host) => {
        const running = rejection(host.run(batch), 'run while killed');
        host.kill();
        await running;
        ensure((await host.exited) === undefined, 'exited gave a reason after kill');
      });
      await started(maker, async (host) => {
        const readings = await host.run(batch);
        ensure((readings[0]?.segments.length ?? 0) > 0, 'no text from the second host');
      });
    },
  },
  {
    name: 'a start that fails rejects with a reason and leaves nothing behind',
    applies: (maker) => maker.broken !== undefined,
    async check(maker) {
      const host = maker.broken?.();
      ensure(host !== undefined, 'no broken host');
      await rejection(host.start(nothing), 'a broken start');
      await host.exited;
      host.kill();
    },
  },
  {
    name: 'a crash during a run: the run rejects and exited says why',
    applies: (maker) => maker.crash !== undefined,
    check: (maker) =>
      started(maker, async (host) => {
        const running = rejection(host.run(await maker.batch()), 'run while it crashed');
        maker.crash?.(host);
        const error = await running;
        const why = await host.exited;
        ensure(why !== undefined, 'exited gave no reason after a crash');
        ensure(error.code === why.code, `run rejected with ${error.code}, exited said ${why.code}`);
      }),
  },
  {
    name: 'a crash while nothing runs: exited says why',
    applies: (maker) => maker.crash !== undefined,
    check: (maker) =>
      started(maker, async (host) => {
        maker.crash?.(host);
        ensure((await host.exited) !== undefined, 'exited gave no reason after a crash');
        await rejection(host.run(await maker.batch()), 'run after a crash');
      }),
  },
];
