/** Live sound to speech windows, in a process of its own that may die: nothing of what was sent to it is lost. */
import { SottoError } from '../../shared/errors.ts';
import type { EarSetup, FromEar } from '../../shared/protocol/ear-process.ts';
import type { LiveEvent } from '../../shared/speech/window.ts';
import { type EarProcess, startEar } from './ear-process.ts';
import { type TrackedSource, trackSource } from './ear-source.ts';

export interface EarListener {
  /** In order, each once: `speech-start`, `partial`, `final`; times are seconds since the source was opened. */
  readonly onEvent: (event: LiveEvent) => void;
  /** seconds heard so far */
  readonly onHeard: (seconds: number) => void;
  /** after the events of all that was pushed before one `flush` */
  readonly onFlushed: () => void;
  /** the last that is said */
  readonly onFailed: (error: SottoError) => void;
}

export interface EarSource {
  /** samples at the setup's rate; kept until they need not be heard again */
  push(samples: Float32Array): void;
  /** What is being said becomes final; the next sample begins anew. */
  flush(): void;
  close(): void;
  /** pushed and not yet heard */
  readonly behindSeconds: number;
}

export interface EarHost {
  open(setup: EarSetup, listener: EarListener): EarSource;
  /** how often the process was replaced */
  readonly restarts: number;
  /** of the process; undefined while there is none */
  readonly pid: number | undefined;
  /** Idempotent. What is open fails with `closed`. */
  close(): Promise<void>;
}

/** Deaths without a word heard in between, after which it is no accident. */
const MAX_DEATHS = 3;
/** A process that hears nothing for so long although it was sent something is ended. */
const STALL_MS = 15_000;

/** The process is started when it is needed first. */
export function createEarHost({ vad }: { readonly vad: string }): EarHost {
  const sources = new Map<number, TrackedSource>();
  let ear: EarProcess | undefined;
  let last = 0;
  let restarts = 0;
  let deaths = 0;
  let closed = false;
  let spoke = performance.now();

  function receive(from: EarProcess | undefined, message: FromEar): void {
    // What a process said that is gone by now was not counted as heard: it is heard again.
    if (from !== ear) return;
    deaths = 0;
    spoke = performance.now();
    sources.get(message.source)?.receive(message);
  }

  function begin(): EarProcess {
    const process: EarProcess = startEar(vad, (message) => receive(process, message));
    spoke = performance.now();
    void process.exited.then((how) => {
      if (ear !== process) return;
      ear = undefined;
      if (closed || sources.size === 0) return;
      restarts += 1;
      deaths += 1;
      if (deaths > MAX_DEATHS) {
        const error = new SottoError('internal', `the live ear ended: ${how}`);
        for (const source of [...sources.values()]) source.fail(error);
        return;
      }
      ear = begin();
      for (const source of sources.values()) source.replay();
    });
    return process;
  }

  const watching = setInterval(() => {
    const waiting = [...sources.values()].some(({ behindSeconds }) => behindSeconds > 0);
    if (!waiting) spoke = performance.now();
    else if (performance.now() - spoke > STALL_MS) ear?.kill();
  }, 1_000);
  watching.unref();

  return {
    open(setup, listener) {
      if (closed) throw new SottoError('closed');
      ear ??= begin();
      const id = last++;
      const source = trackSource(
        id,
        setup,
        listener,
        (message) => ear?.send(message),
        () => void sources.delete(id),
      );
      sources.set(id, source);
      ear.send({ type: 'open', source: id, setup, warm: 0 });
      return source;
    },
    get restarts() {
      return restarts;
    },
    get pid() {
      return ear?.pid;
    },
    async close() {
      if (closed) return;
      closed = true;
      clearInterval(watching);
      for (const source of [...sources.values()]) source.fail(new SottoError('closed'));
      const ending = ear;
      ear = undefined;
      ending?.kill();
      await ending?.exited;
    },
  };
}
