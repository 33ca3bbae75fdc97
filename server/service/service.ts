/** The machine room: one gate, one engine behind it, decoders beside it. */
import { findModel } from '../../shared/asr/catalogue.ts';
import { SottoError, toSottoError } from '../../shared/errors.ts';
import { createAdmission } from '../../shared/queue/admission.ts';
import { createBatcher } from '../../shared/queue/batcher.ts';
import { type Clock, type Lease, NOBODY, realClock, type Ticket } from '../../shared/queue/port.ts';
import { fitPlan } from '../../shared/speech/plans.ts';
import { createServerEngine, type ServerEngine, type ServerEngineOptions } from '../engine/server-engine.ts';
import { createDecoderHost, type DecoderHost } from '../media/decoder-host.ts';
import type { DecoderLimits } from '../media/limits.ts';
import { createCanary } from './canary.ts';
import { createFilePoison } from './file-poison.ts';
import { meterRun } from './metered-run.ts';
import { createOutage, refusalOf, type Standing } from './outage.ts';
import type {
  Reservation,
  ReserveOptions,
  ServiceEvent,
  TranscribeRequest,
  TranscribeResult,
  TranscriptionService,
} from './port.ts';
import { type JobRecord, type OwnedRequest, type ReadingBench, readFile } from './read-file.ts';
import { servedModel } from './served-model.ts';
import { createSessions } from './sessions.ts';

export interface ServiceOptions {
  readonly engine: ServerEngineOptions;
  /** path of the Silero model */
  readonly vad: string;
  /** jobs active at once, sharing batches */
  readonly maxConcurrent: number;
  /** tenants that have so many jobs active at once */
  readonly maxTenants?: number;
  /** jobs that may wait */
  readonly queueMax: number;
  /** live sessions at once, beside the jobs */
  readonly maxSessions: number;
  readonly maxWaitMs: number;
  readonly maxAudioSeconds: number;
  readonly decoder?: Partial<DecoderLimits>;
}

export interface ServiceParts {
  readonly engine?: ServerEngine;
  readonly decoder?: DecoderHost;
  readonly clock?: Clock;
}

/** Resolves when devices were probed; the engine starts in the background. Throws `model_unknown`. */
export async function createTranscriptionService(
  options: ServiceOptions,
  parts: ServiceParts = {},
): Promise<TranscriptionService> {
  const { clock = realClock } = parts;
  const { model } = options.engine;
  const entry = findModel(model);
  if (entry === undefined) throw new SottoError('model_unknown', model);
  const engine = parts.engine ?? (await createServerEngine(options.engine));
  const decoder =
    parts.decoder ??
    createDecoderHost({
      vad: options.vad,
      ...(options.decoder === undefined ? {} : { limits: options.decoder }),
    });

  const admission = createAdmission(
    {
      maxActive: options.maxConcurrent,
      maxTenants: options.maxTenants ?? 1,
      maxLive: options.maxSessions,
      maxWaiting: options.queueMax,
      maxWaitMs: options.maxWaitMs,
    },
    clock,
  );
  const metered = meterRun(engine.run, clock, (count) => emit({ type: 'batch', ...count }));
  const batcher = createBatcher({ run: metered.run, lanes: () => engine.lanes(), clock });
  const canary = createCanary(batcher, model, clock);
  const poison = createFilePoison();
  const listeners = new Set<(event: ServiceEvent) => void>();
  const stopping = new AbortController();
  let closing: Promise<void> | undefined;
  const outage = createOutage(clock);
  const unobserve = engine.observe((event) => {
    outage.started(event.ms);
    emit({ type: 'engine-replaced', ...event });
  });
  const wantedAt = clock.now();
  engine.ready(stopping.signal).then(
    () => outage.started(clock.now() - wantedAt),
    // Why it does not start is its state, which `reserve` tells.
    () => undefined,
  );

  const bench: ReadingBench = {
    entry,
    plan: fitPlan(entry.plan, entry.windowSeconds),
    maxSeconds: options.maxAudioSeconds,
    batcher,
    decoder,
    lanes: () => engine.lanes(),
    charge: metered.charge,
    onDecodeFailed: (code) => emit({ type: 'decode-failed', code }),
  };

  const sessions = createSessions({
    model,
    maxSessions: options.maxSessions,
    admission,
    batcher,
    observe: (listener) => observe(listener),
    lanes: () => engine.lanes(),
    ready: (signal) => engine.ready(signal),
    check() {
      if (closing !== undefined) throw new SottoError('closed');
      const refusal = refusalOf(outage.look(engine.status().state));
      if (refusal !== undefined) throw refusal;
    },
    refused: (reason) => emit({ type: 'refused', reason }),
    closed: stopping.signal,
  });

  function observe(listener: (event: ServiceEvent) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  function emit(event: ServiceEvent): void {
    for (const listener of listeners) listener(event);
  }

  function reserve({ force = false, tenant = NOBODY }: ReserveOptions = {}): Reservation {
    try {
      const standing = outage.look(engine.status().state);
      // A job accepted before a restart waits for the engine, however it is.
      const refusal = force && standing.name === 'restarting' ? undefined : refusalOf(standing);
      if (closing === undefined && refusal !== undefined) throw refusal;
      const ticket = admission.reserve({ priority: 'file', force, tenant });
      return {
        transcribe: (request) => transcribe({ ...request, tenant }, ticket),
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

  async function transcribe(request: OwnedRequest, ticket: Ticket): Promise<TranscribeResult> {
    const record: JobRecord = { inferenceMs: 0, decodeMs: 0, seconds: 0 };
    const signal = AbortSignal.any([request.signal, stopping.signal]);
    const came = clock.now();
    let lease: Lease | undefined;
    let waitMs = 0;
    const told = () => ({ waitMs, decodeMs: record.decodeMs, inferenceMs: record.inferenceMs });
    try {
      if (request.model !== model) throw new SottoError('model_unknown', request.model);
      await poison.refuse(request.path, signal);
      lease = await ticket.enter(waitOptions(request, signal));
      waitMs = clock.now() - came;
      const result = await admitted(request, record, lease, signal);
      lease.leave('done');
      emit({ type: 'job', end: 'done', ...told(), audioSeconds: result.duration });
      return { ...result, timings: told() };
    } catch (thrown) {
      const error = reasonOf(thrown, request.signal);
      const cancelled = error.code === 'cancelled';
      if (lease === undefined) {
        ticket.release();
        waitMs = clock.now() - came;
        if (!cancelled) emit({ type: 'refused', reason: error.code });
      }
      lease?.leave(cancelled ? 'cancelled' : 'failed');
      const end = cancelled ? 'cancelled' : lease === undefined ? 'refused' : 'failed';
      emit({ type: 'job', end, code: error.code, ...told(), audioSeconds: record.seconds });
      throw error;
    }
  }

  async function admitted(request: OwnedRequest, record: JobRecord, lease: Lease, signal: AbortSignal) {
    request.onStart?.();
    await engine.ready(signal);
    const began = clock.now();
    const onProgress: TranscribeRequest['onProgress'] = (progress) => {
      const { doneSeconds: done, totalSeconds: total } = progress;
      if (total !== undefined && done > 0) lease.expect(((clock.now() - began) / done) * (total - done));
      request.onProgress?.(progress);
    };
    try {
      return await readFile({ ...request, onProgress }, bench, record, signal);
    } catch (thrown) {
      if (toSottoError(thrown).code === 'poison') await poison.remember(request.path, signal);
      throw thrown;
    }
  }

  function reasonOf(thrown: unknown, asked: AbortSignal): SottoError {
    if (asked.aborted) return new SottoError('cancelled', undefined, { cause: thrown });
    return stopping.signal.aborted ? new SottoError('closed') : toSottoError(thrown);
  }

  async function shut(graceMs: number): Promise<void> {
    const left = admission.close();
    const cancelGrace = clock.after(graceMs, () => stopping.abort(new SottoError('closed')));
    await left;
    cancelGrace();
    stopping.abort(new SottoError('closed'));
    await batcher.close();
    await Promise.all([engine.close(), decoder.close()]);
    unobserve();
  }

  return {
    reserve,
    openSession: sessions.open,
    canary(signal) {
      return closing === undefined ? canary.sing(signal) : Promise.reject(new SottoError('closed'));
    },
    status(tenant = NOBODY) {
      const { state, devices, spare, restarts } = engine.status();
      const info = state.name === 'ready' ? state.info : undefined;
      return {
        engine: state,
        info,
        devices,
        spare,
        restarts,
        decoderRestarts: decoder.restarts,
        admission: admission.stats(),
        batcher: batcher.stats(),
        etaMs: info === undefined ? etaOf(outage.look(state)) : admission.etaMs('file', tenant),
        models: [servedModel(model, state, etaOf(outage.look(state)))],
      };
    },
    observe,
    close(graceMs = 0) {
      closing ??= shut(graceMs);
      return closing;
    },
  };
}

/** While the engine starts for the first time nobody knows. */
const etaOf = (standing: Standing): number | undefined =>
  standing.name === 'restarting' ? standing.etaMs : undefined;

function waitOptions({ onPlace, maxWaitMs }: TranscribeRequest, signal: AbortSignal) {
  return {
    signal,
    ...(onPlace === undefined ? {} : { onPlace }),
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
  };
}
