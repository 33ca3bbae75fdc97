/** The page's host of a server's engine, over real sockets: the contract of every host, and what a network does. */
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { EngineBatch, LoadProgress, WindowReading } from '../../shared/asr/engine.ts';
import { type ErrorCode, SottoError } from '../../shared/errors.ts';
import type { EngineHost } from '../../shared/host/host.ts';
import { WINDOW_PROTOCOL } from '../../shared/protocol/window-address.ts';
import { realClock } from '../../shared/queue/port.ts';
import { createServerHost, type ServerHostOptions } from '../../web/client/server-host.ts';
import type { LineSocket } from '../../web/client/server-line.ts';
import { DEFAULT_PATIENCE, type ServerPatience } from '../../web/client/server-tries.ts';
import {
  startWindowServer,
  type WindowAct,
  type WindowScript,
  type WindowServer,
} from '../support/window-server.ts';
import { engineHostContract } from './engine-host.ts';

/** Quick, so that nobody waits: what is tested is what happens, not how long a person is patient. */
const QUICK: ServerPatience = {
  ...DEFAULT_PATIENCE,
  maxTries: 4,
  firstWaitMs: 5,
  longestWaitMs: 20,
  silentMs: 2_000,
  silentReadingMs: 2_000,
};

const readingOf = (id: number, length: number): WindowReading => {
  const figures = { avgLogprob: -0.1, noSpeechProb: 0, compressionRatio: 1 };
  const segment = { start: 0, end: length / 16_000, text: ` ${id}`, tokens: [id], ...figures };
  return { segments: [segment], tokens: [id], noSpeechProb: 0 };
};
/** Its number travels in the first sample, as so many steps of 16 bits. */
const windowOf = (id: number) => ({ samples: Float32Array.of(id / 32_768, 0, 0) });
const batchOf = (...ids: number[]): EngineBatch => ({
  windows: ids.map(windowOf),
  options: { task: 'transcribe' },
});
const idOf = (samples: Float32Array) => Math.round((samples[0] ?? 0) * 32_768);
const read = (samples: Float32Array, ms = 0): WindowAct => ({
  do: 'read',
  reading: readingOf(idOf(samples), samples.length),
  ms,
});

const servers: WindowServer[] = [];
const hosts: EngineHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) host.kill();
  for (const server of servers.splice(0)) await server.close();
});

/** As a browser's: a failure is a close event, and nothing is thrown. */
const socketTo = (address: string) =>
  new WebSocket(address.replace(/^http/, 'ws'), WINDOW_PROTOCOL).on('error', () => {});

function hostAt(address: string, options: Partial<ServerHostOptions> = {}): EngineHost {
  const host = createServerHost({
    connect: () => socketTo(address) as unknown as LineSocket,
    probe: async (signal) => {
      const response = await fetch(address, { signal });
      return { status: response.status, retryAfter: response.headers.get('retry-after') };
    },
    allowed: async () => true,
    clock: realClock,
    patience: QUICK,
    random: () => 0.5,
    model: 'fake',
    priority: () => 'file',
    ...options,
  });
  hosts.push(host);
  return host;
}

async function world(script: Partial<WindowScript> = {}, options: Partial<ServerHostOptions> = {}) {
  const server = await startWindowServer({ window: ({ samples }) => read(samples), ...script });
  servers.push(server);
  const host = hostAt(server.address, options);
  const progress: LoadProgress[] = [];
  const start = () => host.start((step) => progress.push(step));
  const texts = async (...ids: number[]) => (await host.run(batchOf(...ids))).map(({ tokens }) => tokens[0]);
  return { server, host, progress, start, texts };
}

const codeOf = (promise: Promise<unknown>): Promise<ErrorCode | 'no error'> =>
  promise.then(
    () => 'no error' as const,
    (thrown: unknown) => (thrown instanceof SottoError ? thrown.code : 'internal'),
  );

const contract = await startWindowServer({ window: ({ samples }) => read(samples, 20) });
const nobody = await startWindowServer({ window: ({ samples }) => read(samples) });
await nobody.close();
const dying = new Map<EngineHost, () => void>();
engineHostContract('a server', () => ({
  healthy: () => {
    let gone = false;
    // For this host alone the server vanishes: its line is cut, and it finds nobody any more.
    let current: WebSocket | undefined;
    const host = hostAt(contract.address, {
      connect: () => {
        const address = gone ? nobody.address : contract.address;
        current = socketTo(address);
        return current as unknown as LineSocket;
      },
      probe: () => Promise.reject(new Error('nobody')),
    });
    dying.set(host, () => {
      gone = true;
      current?.terminate();
    });
    return host;
  },
  broken: () => hostAt(nobody.address),
  batch: () => batchOf(7, 8),
  crash: (host) => dying.get(host)?.(),
}));

describe('the wait for a server', () => {
  test('nothing is connected before the visitor has agreed, nor when they decline', async () => {
    let agree: (yes: boolean) => void = () => {};
    const { server, host, progress, start } = await world(
      {},
      {
        allowed: () =>
          new Promise((resolve) => {
            agree = resolve;
          }),
      },
    );
    const starting = codeOf(start());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(progress).toEqual([{ phase: 'consent' }]);
    expect(server.handshakes).toBe(0);
    agree(false);
    expect(await starting).toBe('server_declined');
    expect((await host.exited)?.code).toBe('server_declined');
    expect(server.handshakes).toBe(0);
  });

  test('the place in line is told until it is ready; the lanes are what may be in flight', async () => {
    const { progress, start } = await world({ before: () => 3, inFlight: 4 });
    expect((await start()).lanes).toBe(4);
    const places = progress.flatMap((step) => (step.phase === 'queue' ? [step.position] : []));
    expect(places).toEqual([3, 2, 1]);
  });

  test('a full server is asked again when it said, and says so meanwhile', async () => {
    const { server, progress, start, texts } = await world({
      refuse: (nth) => (nth < 2 ? { status: 503, retryAfter: 0 } : undefined),
    });
    await start();
    expect(server.handshakes).toBe(3);
    expect(progress.filter(({ phase }) => phase === 'queue')).toHaveLength(2);
    expect(await texts(1)).toEqual([1]);
  });

  test('a queue that is full after the handshake is waited for too, but not for ever', async () => {
    const full = { error: { code: 'queue_full' }, retryAfterMs: 1 } as const;
    const patient = await world({ sessionError: (nth) => (nth < 1 ? full : undefined) });
    await patient.start();
    expect(patient.server.handshakes).toBe(2);
    const impatient = await world({ sessionError: () => full }, { patience: { ...QUICK, maxFullMs: 900 } });
    expect(await codeOf(impatient.start())).toBe('queue_full');
  });

  test('what waiting cannot mend ends it at once: not offered, or a model it does not have', async () => {
    const missing = await world({ refuse: () => ({ status: 404 }) });
    expect(await codeOf(missing.start())).toBe('server_unreachable');
    expect(missing.server.handshakes).toBe(1);
    const other = await world({ sessionError: () => ({ error: { code: 'model_unknown' } }) });
    expect(await codeOf(other.start())).toBe('server_unreachable');
    expect(other.server.handshakes).toBe(1);
  });
});

describe('windows over a line that breaks', () => {
  test('never more in flight than allowed, in order', async () => {
    const { server, start, texts } = await world({ inFlight: 2, window: ({ samples }) => read(samples, 5) });
    await start();
    expect(await texts(1, 2, 3, 4, 5)).toEqual([1, 2, 3, 4, 5]);
    expect(server.windows.map(({ samples }) => idOf(samples))).toEqual([1, 2, 3, 4, 5]);
    expect(server.handshakes).toBe(1);
  });

  test('after a cut only what had no answer is sent again, and each reading comes once', async () => {
    const told: number[] = [];
    const { server, start, texts } = await world(
      { inFlight: 1, window: ({ samples, nth }) => (nth === 2 ? { do: 'cut' } : read(samples)) },
      { onSent: (seconds) => told.push(seconds) },
    );
    await start();
    expect(await texts(1, 2, 3, 4)).toEqual([1, 2, 3, 4]);
    expect(server.windows.map(({ samples }) => idOf(samples))).toEqual([1, 2, 3, 3, 4]);
    expect(server.handshakes).toBe(2);
    // Every time that sound goes out it is told, the second time too.
    expect(told).toEqual(server.windows.map(({ samples }) => samples.length / 16_000));
  });

  test('a line that says nothing any more counts as cut', async () => {
    const { server, start, texts } = await world({
      heartbeatMs: 20,
      window: ({ samples, nth }) => (nth === 0 ? { do: 'ignore' } : read(samples)),
    });
    await start();
    expect(await texts(1)).toEqual([1]);
    expect(server.handshakes).toBeGreaterThan(1);
  }, 20_000);

  test('an engine that stopped there is asked again, a queue that is full there after the time it says', async () => {
    const { server, start, texts } = await world({
      window: ({ samples, nth }) => {
        if (nth === 0) return { do: 'error', error: { code: 'engine_exited' } };
        if (nth === 1) return { do: 'error', error: { code: 'queue_full' }, retryAfterMs: 1 };
        return read(samples);
      },
    });
    await start();
    expect(await texts(1)).toEqual([1]);
    expect(server.windows).toHaveLength(3);
  });

  test('a window that it refuses as poison rejects, and the host lives on', async () => {
    const { start, texts } = await world({
      window: ({ samples }) =>
        idOf(samples) === 13 ? { do: 'error', error: { code: 'poison' } } : read(samples),
    });
    await start();
    expect(await codeOf(texts(13))).toBe('poison');
    expect(await texts(14)).toEqual([14]);
  });

  test('a window that cuts every line ends the host as unreachable, after so many tries', async () => {
    const { server, host, start, texts } = await world({ window: () => ({ do: 'cut' }) });
    await start();
    expect(await codeOf(texts(1))).toBe('server_unreachable');
    expect((await host.exited)?.code).toBe('server_unreachable');
    expect(server.windows).toHaveLength(QUICK.maxSends);
  });

  test('a server that vanished is tried again, then given up', async () => {
    const { server, host, start, texts } = await world({ window: () => ({ do: 'ignore' }) });
    await start();
    const running = codeOf(texts(1));
    await expect.poll(() => server.windows.length).toBe(1);
    await server.vanish();
    expect(await running).toBe('server_unreachable');
    expect((await host.exited)?.code).toBe('server_unreachable');
  });

  test('cancel: told to the server, the run ends at once, and the host reads on', async () => {
    const { server, host, start, texts } = await world({
      inFlight: 2,
      window: ({ samples }) => read(samples, idOf(samples) === 1 ? 100 : 0),
    });
    await start();
    const cancel = new AbortController();
    const running = codeOf(host.run(batchOf(1), cancel.signal));
    await expect.poll(() => server.windows.length).toBe(1);
    cancel.abort();
    expect(await running).toBe('cancelled');
    expect(await texts(2)).toEqual([2]);
    expect(server.cancels).toEqual([0]);
    expect(server.handshakes).toBe(1);
  });

  test('a place that nobody needs is given back, and taken again', async () => {
    const { server, start, texts } = await world({}, { patience: { ...QUICK, idleMs: 30 } });
    await start();
    expect(await texts(1)).toEqual([1]);
    await expect.poll(() => server.open).toBe(0);
    expect(await texts(2)).toEqual([2]);
    expect(server.handshakes).toBe(2);
  });
});
