import type { ChildProcess } from 'node:child_process';
import type { EngineBatch, EngineInfo, LoadProgress, WindowReading } from '../../shared/asr/engine.ts';
import { fromWire, type Outcome, SottoError } from '../../shared/errors.ts';
import type { EngineHost } from '../../shared/host/host.ts';
import type { EngineProcessStart, FromEngine, ToEngine } from '../../shared/protocol/engine-process.ts';
import { exitReason, kernelOomKills } from './exit-reason.ts';
import { forkEntry, isStopped, onEnd, tailOf } from './fork.ts';

export interface ProcessHost extends EngineHost {
  /** of the process; undefined before it was started */
  readonly pid: number | undefined;
}

interface Call<T> {
  readonly id: number;
  resolve(value: T): void;
  reject(error: SottoError): void;
}

type Phase =
  | { readonly name: 'new' }
  | { readonly name: 'starting'; readonly child: ChildProcess }
  | { readonly name: 'ready'; readonly child: ChildProcess }
  /** killed, and not yet gone; `why` is undefined where the owner wanted it */
  | { readonly name: 'dying'; readonly child: ChildProcess; readonly why: SottoError | undefined }
  | { readonly name: 'gone'; readonly why: SottoError };

const KILLED = new SottoError('engine_exited', 'killed');

/** How long a process without its channel may take to end by itself, so that its own reason is heard. */
const ORPHAN_MS = 1_000;

export interface ProcessTiming {
  /** longest time from a run that is sent until the process has taken it up */
  readonly takeUpMs: number;
  /** between the questions whether an idle process is there; it is given up when it has missed two */
  readonly pingMs: number;
}

const TIMING: ProcessTiming = { takeUpMs: 5_000, pingMs: 5_000 };
/** A parent that was busy finds its timers due before it hears what was said meanwhile. */
const HEARING_MS = 50;
const MOST_MISSED = 2;

/** An engine in a child process: its death, whatever the cause, is an answer, and so is its silence. */
export function createProcessHost(
  options: EngineProcessStart,
  { takeUpMs, pingMs }: ProcessTiming = TIMING,
): ProcessHost {
  let phase: Phase = { name: 'new' };
  let starting: (Call<EngineInfo> & { onProgress(progress: LoadProgress): void }) | undefined;
  let running: Call<WindowReading[]> | undefined;
  let runs = 0;
  let begun = 0;
  let missed = 0;
  let residentBytes: number | undefined;
  let resolveExited: (why: SottoError | undefined) => void = () => undefined;
  const exited = new Promise<SottoError | undefined>((resolve) => {
    resolveExited = resolve;
  });

  function spawn(): ChildProcess {
    const kills = kernelOomKills();
    const child = forkEntry('child-main', { cpus: options.cpus });
    const stderr = tailOf(child);
    child.on('message', (message: FromEngine) => receive(message));
    // Without its channel it is of no use, even where it lives on.
    let late: NodeJS.Timeout | undefined;
    child.on('disconnect', () => {
      late = setTimeout(() => child.kill('SIGKILL'), ORPHAN_MS);
    });
    const pinging = setInterval(() => ping(child), pingMs);
    onEnd(child, (end) => {
      clearTimeout(late);
      clearInterval(pinging);
      const bySelf = phase.name !== 'dying';
      const why = phase.name === 'dying' ? phase.why : undefined;
      gone(bySelf ? exitReason(end, stderr.text(), { before: kills, after: kernelOomKills() }) : why);
    });
    return child;
  }

  function send(child: ChildProcess, message: ToEngine): void {
    // A channel that takes no message has lost its other end, and the process with it.
    child.send(message, () => undefined);
  }

  /** A stopped or hung process would be noticed only when it is needed. */
  function ping(child: ChildProcess): void {
    if (phase.name === 'starting') {
      // It answers nothing while it loads a large model, however well it is: all that can be told is that it stands still.
      missed = isStopped(child.pid) ? missed + 1 : 0;
      if (missed >= MOST_MISSED) end(new SottoError('engine_timeout', 'stopped while it started'));
      return;
    }
    if (phase.name !== 'ready' || running !== undefined) {
      missed = 0;
      return;
    }
    if (missed >= MOST_MISSED) {
      end(new SottoError('engine_timeout', 'idle, and did not answer'));
      return;
    }
    missed += 1;
    send(child, { type: 'ping' });
  }

  function expectTakeUp(id: number): void {
    const check = () => {
      if (running?.id === id && begun !== id) {
        end(new SottoError('engine_timeout', `did not take up a run within ${takeUpMs} ms`));
      }
    };
    setTimeout(() => setTimeout(check, HEARING_MS), takeUpMs).unref();
  }

  function gone(why: SottoError | undefined): void {
    phase = { name: 'gone', why: why ?? KILLED };
    starting?.reject(phase.why);
    running?.reject(phase.why);
    starting = undefined;
    running = undefined;
    resolveExited(why);
  }

  function end(why: SottoError | undefined): void {
    if (phase.name === 'new') {
      gone(why);
      return;
    }
    if (phase.name === 'gone' || phase.name === 'dying') return;
    phase = { name: 'dying', child: phase.child, why };
    phase.child.kill('SIGKILL');
  }

  function receive(message: FromEngine): void {
    if (phase.name === 'dying' || phase.name === 'gone') return;
    missed = 0;
    switch (message.type) {
      case 'progress':
        starting?.onProgress(message.progress);
        break;
      case 'started':
        residentBytes = message.residentBytes;
        started(message.outcome);
        break;
      case 'begun':
        begun = message.id;
        break;
      case 'read':
        residentBytes = message.residentBytes;
        read(message.id, message.outcome);
    }
  }

  function read(id: number, outcome: Outcome<WindowReading[]>): void {
    const call = running;
    if (call?.id !== id) return;
    running = undefined;
    answer(call, outcome);
  }

  function started(outcome: Outcome<EngineInfo>): void {
    const call = starting;
    starting = undefined;
    if (phase.name !== 'starting' || call === undefined) return;
    if (outcome.ok) phase = { name: 'ready', child: phase.child };
    else end(fromWire(outcome.error));
    answer(call, outcome);
  }

  return {
    exited,
    get pid() {
      return phase.name === 'new' || phase.name === 'gone' ? undefined : phase.child.pid;
    },
    reached: () => begun === runs,
    memoryBytes: () => residentBytes,
    start: (onProgress) =>
      new Promise((resolve, reject) => {
        if (phase.name === 'gone') return reject(phase.why);
        if (phase.name !== 'new') return reject(new SottoError('internal', 'a host starts once'));
        const child = spawn();
        phase = { name: 'starting', child };
        starting = { id: 0, resolve, reject, onProgress };
        send(child, { type: 'start', start: options });
      }),
    run: (batch: EngineBatch, signal?: AbortSignal) =>
      new Promise<WindowReading[]>((resolve, reject) => {
        if (phase.name === 'gone') return reject(phase.why);
        if (phase.name !== 'ready') return reject(new SottoError('internal', `run while ${phase.name}`));
        if (running !== undefined) return reject(new SottoError('internal', 'two runs at once'));
        const { child } = phase;
        runs += 1;
        const id = runs;
        const abort = () => {
          if (running?.id === id) send(child, { type: 'abort', id });
        };
        const left = () => signal?.removeEventListener('abort', abort);
        running = {
          id,
          resolve(readings) {
            left();
            resolve(readings);
          },
          reject(error) {
            left();
            reject(error);
          },
        };
        send(child, { type: 'run', id, batch });
        expectTakeUp(id);
        signal?.addEventListener('abort', abort, { once: true });
        if (signal?.aborted) abort();
      }),
    kill: () => end(undefined),
  };
}

function answer<T>(call: Call<T>, outcome: Outcome<T>): void {
  if (outcome.ok) call.resolve(outcome.value);
  else call.reject(fromWire(outcome.error));
}
