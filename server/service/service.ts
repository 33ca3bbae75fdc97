/** The machine room: one gate, engines behind it, decoders beside it. */
import { SottoError, toSottoError } from '../../shared/errors.ts';
import { createAdmission } from '../../shared/queue/admission.ts';
import { createBatcher } from '../../shared/queue/batcher.ts';
import { type Clock, NOBODY, realClock } from '../../shared/queue/port.ts';
import { fitPlan } from '../../shared/speech/plans.ts';
import { createDecoderHost, type DecoderHost } from '../media/decoder-host.ts';
import type { DecoderLimits } from '../media/limits.ts';
import { knownModel, openPool, type PoolOptions, type PoolParts } from '../pool/open-pool.ts';
import { createCanary } from './canary.ts';
import { createFilePoison } from './file-poison.ts';
import { meterRun } from './metered-run.ts';
import type { Reservation, ReserveOptions, ServiceEvent, TranscriptionService } from './port.ts';
import type { ReadingBench } from './read-file.ts';
import { createReservations } from './reservations.ts';
import { createSessions } from './sessions.ts';

export interface ServiceOptions extends PoolOptions {
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
  readonly engine?: PoolParts['engine'];
  readonly pool?: PoolParts['pool'];
  readonly decoder?: DecoderHost;
  readonly clock?: Clock;
}

/** Resolves when devices were probed; the engine starts in the background. Throws `model_unknown`. */
export async function createTranscriptionService(
  options: ServiceOptions,
  parts: ServiceParts = {},
): Promise<TranscriptionService> {
  const { clock = realClock } = parts;
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
  const pool = await openPool(options, { ...parts, clock, onTurn: () => admission.wake() });
  const decoder =
    parts.decoder ??
    createDecoderHost({
      vad: options.vad,
      ...(options.decoder === undefined ? {} : { limits: options.decoder }),
    });

  const metered = meterRun(pool.run, clock, (count) => emit({ type: 'batch', ...count }));
  const lanesOf = (model: string | undefined) => pool.lanes(model ?? options.engine.model);
  const batcher = createBatcher({ run: metered.run, lanes: ({ model }) => lanesOf(model), clock });
  const canary = createCanary(batcher, () => pool.borrow(), clock);
  const listeners = new Set<(event: ServiceEvent) => void>();
  const stopping = new AbortController();
  let closing: Promise<void> | undefined;
  const unobserve = pool.observe((event) => emit(event));

  function benchFor(model: string): ReadingBench {
    const entry = knownModel(model);
    return {
      entry,
      plan: fitPlan(entry.plan, entry.windowSeconds),
      maxSeconds: options.maxAudioSeconds,
      batcher,
      decoder,
      lanes: () => pool.lanes(model),
      charge: metered.charge,
      onDecodeFailed: (code) => emit({ type: 'decode-failed', code }),
    };
  }

  const sessions = createSessions({
    maxSessions: options.maxSessions,
    admission,
    batcher,
    observe: (listener) => observe(listener),
    pool,
    check() {
      if (closing !== undefined) throw new SottoError('closed');
      pool.check(false);
    },
    refused: (reason) => emit({ type: 'refused', reason }),
    closed: stopping.signal,
  });

  const reservation = createReservations({
    pool,
    poison: createFilePoison(),
    benchFor,
    maxWaitMs: options.maxWaitMs,
    clock,
    emit,
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
      if (closing === undefined) pool.check(force);
      const ticket = admission.reserve({ priority: 'file', force, tenant });
      return reservation(ticket, { force, tenant });
    } catch (thrown) {
      emit({ type: 'refused', reason: toSottoError(thrown).code });
      throw thrown;
    }
  }

  async function shut(graceMs: number): Promise<void> {
    const left = admission.close();
    const cancelGrace = clock.after(graceMs, () => stopping.abort(new SottoError('closed')));
    await left;
    cancelGrace();
    stopping.abort(new SottoError('closed'));
    await batcher.close();
    await Promise.all([pool.close(), decoder.close()]);
    unobserve();
  }

  return {
    reserve,
    openSession: sessions.open,
    canary(signal) {
      return closing === undefined ? canary.sing(signal) : Promise.reject(new SottoError('closed'));
    },
    status(tenant = NOBODY) {
      const { startMs, ...standing } = pool.status();
      return {
        ...standing,
        decoderRestarts: decoder.restarts,
        admission: admission.stats(),
        batcher: batcher.stats(),
        etaMs: standing.info === undefined ? startMs : admission.etaMs('file', tenant),
      };
    },
    observe,
    close(graceMs = 0) {
      closing ??= shut(graceMs);
      return closing;
    },
  };
}
