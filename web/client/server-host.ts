import type { EngineBatch, EngineInfo, LoadProgress, WindowReading } from '../../shared/asr/engine.ts';
import { SottoError, toSottoError } from '../../shared/errors.ts';
import type { EngineHost } from '../../shared/host/host.ts';
import { sleep } from '../../shared/host/sleep.ts';
import { type ConnectOptions, connectToServer } from './server-connect.ts';
import type { ServerSession, WindowAnswer } from './server-session.ts';
import { afterServerError, waitAfter, waitForPlace } from './server-tries.ts';

export interface ServerHostOptions extends ConnectOptions {
  /** Whether sound may be sent there; may ask the person, and is asked before anything is connected. */
  readonly allowed: (signal: AbortSignal) => Promise<boolean>;
}

type Phase = 'new' | 'starting' | 'ready' | 'gone';

/** Well within the supervisor's patience with a start that says nothing. */
const ASKING_EVERY_MS = 30_000;

/**
 * An engine at a server, over a line that may break: windows without an answer are sent again over the next one. It
 * is gone only when it was killed or the server cannot be had any more (`server_unreachable`, `queue_full`).
 */
export function createServerHost(options: ServerHostOptions): EngineHost {
  const { clock, patience, random } = options;
  let phase: Phase = 'new';
  let session: ServerSession | undefined;
  let connecting: Promise<ServerSession> | undefined;
  let batches = 0;
  let stopIdle = () => {};
  const end = new AbortController();
  let resolveExited: (reason: SottoError | undefined) => void = () => undefined;
  const exited = new Promise<SottoError | undefined>((resolve) => {
    resolveExited = resolve;
  });

  function finish(reason: SottoError | undefined): void {
    if (phase === 'gone') return;
    phase = 'gone';
    stopIdle();
    end.abort(reason ?? new SottoError('engine_exited', 'killed'));
    session?.close();
    session = undefined;
    resolveExited(reason);
  }

  /** The session, opened anew where there is none. A failure is the host's end. */
  async function connected(onProgress: (progress: LoadProgress) => void = () => {}): Promise<ServerSession> {
    end.signal.throwIfAborted();
    if (session !== undefined) return session;
    connecting ??= connectToServer(options, onProgress, end.signal).finally(() => {
      connecting = undefined;
    });
    try {
      const opened = await connecting;
      end.signal.throwIfAborted();
      if (session !== opened) keep(opened);
      return opened;
    } catch (thrown) {
      const error = toSottoError(end.signal.aborted ? end.signal.reason : thrown, 'server_unreachable');
      finish(error);
      throw error;
    }
  }

  function keep(opened: ServerSession): void {
    session = opened;
    void opened.ended.then((how) => {
      if (session !== opened) return;
      session = undefined;
      // Not left for the next window to find out: an engine that cannot be had is gone. One that was told to go
      // (idle, or too long) comes back when it is needed.
      if (how === 'cut' && batches === 0 && phase === 'ready') connected().catch(() => undefined); // `exited` tells
    });
    rest();
  }

  /** Gives the place at the server back when nobody needed it for a while; the next batch takes another. */
  function rest(): void {
    stopIdle();
    if (batches > 0 || phase === 'gone') return;
    stopIdle = clock.after(patience.idleMs, () => {
      const idle = session;
      session = undefined;
      idle?.close();
    });
  }

  async function asked(onProgress: (progress: LoadProgress) => void): Promise<void> {
    let stop = () => {};
    const keepAsking = () => {
      onProgress({ phase: 'consent' });
      stop = clock.after(ASKING_EVERY_MS, keepAsking);
    };
    keepAsking();
    try {
      if (!(await options.allowed(end.signal))) throw new SottoError('server_declined');
    } finally {
      stop();
    }
  }

  async function read(batch: EngineBatch): Promise<WindowReading[]> {
    const readings = new Map<number, WindowReading>();
    const fullUntil = clock.now() + patience.maxFullMs;
    for (let sends = 1; ; sends += 1) {
      const now = await connected();
      const todo = [...batch.windows.entries()].filter(([index]) => !readings.has(index));
      const answers = await Promise.all(
        todo.map(async ([index, window]) => ({ index, answer: await now.read(window, batch.options) })),
      );
      end.signal.throwIfAborted();
      for (const { index, answer } of answers) {
        if (answer.name === 'read') readings.set(index, answer.reading);
      }
      if (readings.size === batch.windows.length)
        return [...batch.windows.keys()].flatMap((index) => readings.get(index) ?? []);
      const ms = waitBefore(
        answers.map(({ answer }) => answer),
        sends,
      );
      if (clock.now() + ms > fullUntil) throw new SottoError('queue_full', 'the server stayed full');
      await sleep(clock, ms, end.signal);
    }
  }

  /** How long to wait before what has no reading is sent again. Throws what sending again would not mend. */
  function waitBefore(answers: readonly WindowAnswer[], sends: number): number {
    let ms = 0;
    for (const answer of answers) {
      if (answer.name === 'read') continue;
      if (answer.name === 'cut') {
        if (sends >= patience.maxSends) throw new SottoError('server_unreachable', answer.detail);
        continue;
      }
      const { error, retryAfterMs } = answer;
      const then = afterServerError(error.code);
      if (then === 'give-up' || (then === 'again' && sends >= patience.maxSends)) throw error;
      const wait =
        then === 'later'
          ? waitForPlace(retryAfterMs ?? patience.firstWaitMs, random())
          : waitAfter(sends, random(), patience);
      ms = Math.max(ms, wait);
    }
    return ms;
  }

  return {
    exited,
    async start(onProgress): Promise<EngineInfo> {
      if (phase !== 'new') throw new SottoError(phase === 'gone' ? 'engine_exited' : 'internal', phase);
      phase = 'starting';
      const tell = (progress: LoadProgress) => {
        if (phase === 'starting') onProgress(progress);
      };
      try {
        await Promise.race([asked(tell), exited]);
        end.signal.throwIfAborted();
        const { info, inFlight } = await connected(tell);
        end.signal.throwIfAborted();
        phase = 'ready';
        return { ...info, lanes: Math.max(1, inFlight) };
      } catch (thrown) {
        const error = toSottoError(thrown, 'server_unreachable');
        finish(error);
        throw error;
      }
    },
    async run(batch, signal) {
      if (phase !== 'ready') {
        throw phase === 'gone'
          ? toSottoError(end.signal.reason)
          : new SottoError('internal', `run while ${phase}`);
      }
      batches += 1;
      stopIdle();
      // What is not wanted any more need not be read there.
      const cancel = () => session?.cancel();
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        return await read(batch);
      } catch (thrown) {
        const error = toSottoError(end.signal.aborted ? end.signal.reason : thrown, 'engine_exited');
        if (error.code === 'server_unreachable' || error.code === 'queue_full') finish(error);
        throw error;
      } finally {
        signal?.removeEventListener('abort', cancel);
        batches -= 1;
        rest();
      }
    },
    kill: () => finish(undefined),
  };
}

/** The options of a host in a browser, for a server at this address of its windows. */
export function browserServer(address: string, protocol: string): Pick<ConnectOptions, 'connect' | 'probe'> {
  return {
    connect: () => new WebSocket(address.replace(/^http/, 'ws'), protocol),
    probe: async (signal) => {
      const response = await fetch(address, { cache: 'no-store', signal });
      await response.body?.cancel();
      return { status: response.status, retryAfter: response.headers.get('retry-after') };
    },
  };
}
