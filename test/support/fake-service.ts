/**
 * A transcription service without processes and model: the real gate, and readings from a script. A file whose first
 * line is `fake` is a script, one step a line: `say TEXT` (a segment, one second of sound), `hear CODE TEXT` (the same,
 * taken for that language where none was said), `quiet SECONDS`, `wait MS`, `hold` (until `release()`), `leave-out CODE` (one second), `damage CODE` (ends early), `fail CODE`.
 * Any other file says DEFAULT_TEXTS; an empty one is `empty_file`.
 */
import { readFile } from 'node:fs/promises';
import type {
  CanaryResult,
  ReadNote,
  Reservation,
  ReserveOptions,
  ServiceEvent,
  ServiceStatus,
  TranscribeRequest,
  TranscribeResult,
  TranscriptionService,
} from '../../server/service/port.ts';
import { leftOutOf, votesOf } from '../../server/service/read-notes.ts';
import { createSessions } from '../../server/service/sessions.ts';
import type { EngineInfo, Word } from '../../shared/asr/engine.ts';
import { type ErrorCode, type ErrorWire, fromWire, SottoError, toSottoError } from '../../shared/errors.ts';
import { sleep } from '../../shared/host/sleep.ts';
import { foundLanguage, startLanguage } from '../../shared/pipeline/job-language.ts';
import { createAdmission } from '../../shared/queue/admission.ts';
import { createBatcher } from '../../shared/queue/batcher.ts';
import { type AdmissionLimits, type Clock, type Lease, NOBODY, realClock } from '../../shared/queue/port.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import { createFakeEngine, type FakeEngineScript } from './fake-engine.ts';
import { fakePool } from './fake-pool.ts';

export const DEFAULT_TEXTS = ['Hello from the fake.', 'It says two sentences.'] as const;
export const FAKE_MODEL = 'sotto-demo-en';

export interface FakeServiceOptions {
  /** ASR_MAX_CONCURRENT=1, ASR_QUEUE_MAX=3, ASR_MAX_WAIT_MS=8000 unless said */
  readonly limits?: Partial<AdmissionLimits>;
  readonly clock?: Clock;
  /** ASR_MAX_SESSIONS, 8 unless said */
  readonly maxSessions?: number;
  /** what reads the windows of sessions */
  readonly engine?: FakeEngineScript;
  /** what files say that are no scripts */
  readonly texts?: readonly string[];
}

export interface FakeService extends TranscriptionService {
  /** every event so far */
  readonly events: readonly ServiceEvent[];
  /** requests that were admitted, in order */
  readonly started: readonly TranscribeRequest[];
  /** lets every `hold` go on, those to come included */
  release(): void;
  /** no engine starts (undefined: it does again); what runs then fails with it */
  breakEngine(error: ErrorWire | undefined): void;
}

/** A script file's content. */
export const script = (...steps: readonly string[]): string => ['fake', ...steps].join('\n');

const INFO: EngineInfo = { model: FAKE_MODEL, device: 'cpu', dtype: 'q8', windowSeconds: 10, lanes: 1 };
const NO_TIME = { waitMs: 0, decodeMs: 0, inferenceMs: 0 };

export function createFakeService(options: FakeServiceOptions = {}): FakeService {
  const { clock = realClock, texts = DEFAULT_TEXTS } = options;
  const limits = {
    maxActive: 1,
    maxLive: options.maxSessions ?? 8,
    maxWaiting: 3,
    maxWaitMs: 8_000,
    ...options.limits,
  };
  const admission = createAdmission(limits, clock);
  const listeners = new Set<(event: ServiceEvent) => void>();
  const events: ServiceEvent[] = [];
  const started: TranscribeRequest[] = [];
  const closed = new AbortController();
  const running = new Set<AbortController>();
  const freed = latch();
  let broken: ErrorWire | undefined;
  let windows = 0;

  function emit(event: ServiceEvent): void {
    events.push(event);
    for (const listener of listeners) listener(event);
  }

  function refuseIfBroken(): void {
    if (broken !== undefined) throw fromWire(broken);
  }

  const engine = createFakeEngine({ ...options.engine, info: INFO });
  const batcher = createBatcher({
    clock,
    lanes: () => INFO.lanes,
    async run(batch, signal) {
      const readings = await engine.run(batch, signal);
      return readings.map((value) => ({ ok: true, value }) as const);
    },
  });
  const sessions = createSessions({
    pool: fakePool(INFO, refuseIfBroken),
    maxSessions: options.maxSessions ?? 8,
    admission,
    batcher,
    observe,
    check() {
      if (closed.signal.aborted) throw new SottoError('closed');
      refuseIfBroken();
    },
    refused: (reason) => emit({ type: 'refused', reason }),
    closed: closed.signal,
  });

  function observe(listener: (event: ServiceEvent) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  function reserve({ force = false, tenant = NOBODY }: ReserveOptions = {}): Reservation {
    try {
      refuseIfBroken();
      const ticket = admission.reserve({ priority: 'file', force, tenant });
      return {
        transcribe: (request) => transcribe(request, ticket.enter.bind(ticket), ticket.release.bind(ticket)),
        release: () => ticket.release(),
        get place() {
          return ticket.place;
        },
      };
    } catch (thrown) {
      emit({ type: 'refused', reason: toSottoError(thrown).code });
      throw thrown;
    }
  }

  async function transcribe(
    request: TranscribeRequest,
    enter: ReturnType<typeof admission.reserve>['enter'],
    release: () => void,
  ): Promise<TranscribeResult> {
    if (request.model !== FAKE_MODEL) {
      release();
      throw new SottoError('model_unknown', request.model);
    }
    const since = clock.now();
    let lease: Lease | undefined;
    try {
      lease = await enter({
        signal: request.signal,
        ...(request.onPlace === undefined ? {} : { onPlace: request.onPlace }),
        ...(request.maxWaitMs === undefined ? {} : { maxWaitMs: request.maxWaitMs }),
      });
      const waitMs = clock.now() - since;
      const result = await read(request, waitMs);
      lease.leave('done');
      emit({ type: 'job', end: 'done', ...result.timings, audioSeconds: result.duration });
      return result;
    } catch (thrown) {
      const error = toSottoError(thrown);
      const cancelled = error.code === 'cancelled';
      const end = cancelled ? 'cancelled' : lease === undefined ? 'refused' : 'failed';
      if (end === 'refused') emit({ type: 'refused', reason: error.code });
      lease?.leave(cancelled ? 'cancelled' : 'failed');
      emit({ type: 'job', end, code: error.code, ...NO_TIME, audioSeconds: 0 });
      throw error;
    }
  }

  async function read(request: TranscribeRequest, waitMs: number): Promise<TranscribeResult> {
    const broke = new AbortController();
    running.add(broke);
    const signal = AbortSignal.any([request.signal, closed.signal, broke.signal]);
    try {
      started.push(request);
      request.onStart?.();
      return await follow(request, signal, waitMs);
    } catch (thrown) {
      if (closed.signal.aborted) throw new SottoError('closed');
      throw broke.signal.aborted ? broke.signal.reason : thrown;
    } finally {
      running.delete(broke);
    }
  }

  async function follow(
    request: TranscribeRequest,
    signal: AbortSignal,
    waitMs: number,
  ): Promise<TranscribeResult> {
    const { options: asked, resume } = request;
    const from = resume?.from ?? 0;
    const segments: Segment[] = [...(resume?.segments ?? [])];
    const notes: ReadNote[] = [...(resume?.notes ?? [])];
    const note = (added: ReadNote): void => {
      notes.push(added);
      request.onNote?.(added);
    };
    const told = asked.language === undefined || asked.language === 'auto' ? undefined : asked.language;
    const steps = await stepsOf(request.path, texts);
    const totalSeconds = steps.reduce((sum, step) => sum + secondsOf(step), 0);
    let at = 0;
    let endedEarly: ErrorWire | undefined;
    for (const step of steps) {
      if (signal.aborted) throw toSottoError(signal.reason, 'cancelled');
      const { name, rest } = step;
      const end = at + secondsOf(step);
      if (name === 'fail') throw new SottoError(rest as ErrorCode);
      if (name === 'damage') {
        endedEarly = { code: rest as ErrorCode };
        break;
      }
      if (name === 'wait') await sleep(clock, Number(rest), signal);
      if (name === 'hold') await unless(signal, freed.opened);
      if (name === 'leave-out' && end > from) {
        note({ name: 'left-out', start: at, end, error: { code: rest as ErrorCode } });
      }
      if ((name === 'say' || name === 'hear') && end > from) {
        const [code = '', heard = ''] = name === 'hear' ? (/^(\S+)\s+(.*)$/.exec(rest) ?? []).slice(1) : [];
        if (name === 'hear' && told === undefined) {
          note({ name: 'language', end, vote: { code, probability: 0.9, seconds: 1 } });
        }
        const text = name === 'hear' ? heard : rest;
        const segment = segmentOf(segments.length, at, end, text, asked.times === 'word');
        segments.push(segment);
        windows += 1;
        emit({ type: 'batch', width: 1, ms: 1, audioSeconds: 1 });
        request.onSegments?.([segment]);
      }
      at = end;
      request.onProgress?.({ doneSeconds: at, totalSeconds });
    }
    const found = foundLanguage(startLanguage('auto', votesOf(notes))) ?? { code: 'en', probability: 0.99 };
    return {
      segments,
      duration: at,
      language: told ?? found.code,
      model: request.model,
      ...(told === undefined ? { languageProbability: found.probability } : {}),
      leftOut: leftOutOf(notes),
      ...(endedEarly === undefined ? {} : { endedEarly }),
      timings: { waitMs, decodeMs: 1, inferenceMs: 1 },
    };
  }

  return {
    events,
    started,
    reserve,
    openSession: sessions.open,
    async canary(signal): Promise<CanaryResult> {
      if (signal.aborted) throw new SottoError('cancelled');
      if (closed.signal.aborted) throw new SottoError('closed');
      refuseIfBroken();
      return { ms: 1, text: 'Where did' };
    },
    status(tenant = NOBODY): ServiceStatus {
      const failed = broken !== undefined;
      return {
        engine: closed.signal.aborted
          ? { name: 'closed' }
          : failed
            ? { name: 'failed', error: broken as ErrorWire }
            : { name: 'ready', rung: 'cpu', info: INFO },
        info: failed ? undefined : INFO,
        devices: [{ device: 'cpu', outcome: failed ? 'unavailable' : 'chosen' }],
        spare: 'none',
        restarts: { exit: 0, hang: 0, memory: 0, recycle: 0 },
        decoderRestarts: 0,
        admission: admission.stats(),
        batcher: { running: 0, waiting: 0, windows, batches: windows, replaced: 0, msPerSecond: undefined },
        etaMs: admission.etaMs('file', tenant),
        models: [
          failed
            ? { id: FAKE_MODEL, state: 'failed', error: broken as ErrorWire }
            : { id: FAKE_MODEL, state: 'loaded', etaMs: 0 },
        ],
      };
    },
    observe,
    async close(graceMs = 0) {
      const left = admission.close();
      const cancelGrace = clock.after(graceMs, () => closed.abort(new SottoError('closed')));
      await left;
      cancelGrace();
      closed.abort(new SottoError('closed'));
    },
    release: () => freed.open(),
    breakEngine(error) {
      broken = error;
      if (error !== undefined) for (const job of running) job.abort(fromWire(error));
    },
  };
}

interface Step {
  readonly name: string;
  readonly rest: string;
}

async function stepsOf(path: string, texts: readonly string[]): Promise<readonly Step[]> {
  const bytes = await readFile(path);
  if (bytes.length === 0) throw new SottoError('empty_file');
  if (!bytes.subarray(0, 5).equals(Buffer.from('fake\n'))) {
    return texts.map((rest) => ({ name: 'say', rest }));
  }
  const lines = bytes.toString('utf8').split('\n').slice(1);
  return lines.map((line) => {
    const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
    return { name, rest };
  });
}

function secondsOf({ name, rest }: Step): number {
  if (name === 'quiet') return Number(rest);
  return name === 'say' || name === 'hear' || name === 'leave-out' ? 1 : 0;
}

function segmentOf(id: number, start: number, end: number, text: string, withWords: boolean): Segment {
  const spoken = text.split(' ');
  const each = (end - start) / spoken.length;
  const words = spoken.map(
    (word, index): Word => ({
      text: index === 0 ? word : ` ${word}`,
      start: start + index * each,
      end: start + (index + 1) * each,
      probability: 0.9,
    }),
  );
  return {
    id,
    start,
    end,
    text,
    tokens: Array.from(text, (letter) => letter.codePointAt(0) ?? 0),
    avgLogprob: -0.1,
    noSpeechProb: 0.01,
    compressionRatio: 1,
    temperature: 0,
    ...(withWords ? { words } : {}),
  };
}

function latch(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

function unless(signal: AbortSignal, wait: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(toSottoError(signal.reason, 'cancelled'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    void wait.then(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}
