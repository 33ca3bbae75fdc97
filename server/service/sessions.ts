/** Sessions: windows that come one by one, from a microphone or a page, through the same gate as everyone's. */
import { SottoError, toSottoError } from '../../shared/errors.ts';
import { measure, rate, UNMEASURED } from '../../shared/queue/estimate.ts';
import type { Admission, Batcher, Lease, QueuePlace } from '../../shared/queue/port.ts';
import type { EnginePool, SessionClaim } from '../pool/port.ts';
import type { ServiceEvent, ServiceSession, SessionOptions, SessionWindow } from './port.ts';

export interface SessionsParts {
  readonly pool: Pick<EnginePool, 'claimSession' | 'lanes'>;
  readonly maxSessions: number;
  readonly admission: Pick<Admission, 'reserve'>;
  readonly batcher: Pick<Batcher, 'submit' | 'stats'>;
  readonly observe: (listener: (event: ServiceEvent) => void) => () => void;
  /** Throws where nobody is taken: `closed`, `engine_unavailable`. */
  readonly check: () => void;
  readonly refused: (reason: string) => void;
  /** aborted when the service ends */
  readonly closed: AbortSignal;
}

export interface Sessions {
  open(options: SessionOptions): ServiceSession;
}

export function createSessions(parts: SessionsParts): Sessions {
  const { pool, maxSessions, admission, batcher, closed } = parts;
  let opened = 0;
  let places = 0;
  let pace = UNMEASURED;
  const load = createLoad();
  parts.observe((event) => {
    if (event.type === 'batch') pace = measure(pace, event.ms, event.width);
  });

  /** Of everybody: a window of a session waits for the one that is read, and for those that came before it. */
  function place(): QueuePlace {
    const { running, waiting } = batcher.stats();
    const position = running + waiting;
    const each = rate(pace);
    return { position, etaMs: position === 0 ? 0 : each && each * position };
  }

  function take(): void {
    parts.check();
    if (places >= maxSessions) throw new SottoError('queue_full');
  }

  function open(options: SessionOptions): ServiceSession {
    const { model } = options;
    let claim: SessionClaim | undefined;
    try {
      claim = pool.claimSession(model);
      if (options.signal.aborted) throw new SottoError('cancelled');
      take();
    } catch (thrown) {
      claim?.leave();
      parts.refused(toSottoError(thrown).code);
      throw thrown;
    }
    const part = claim;
    const left = new AbortController();
    const signal = AbortSignal.any([options.signal, left.signal, closed]);
    const id = opened++;
    let windows = 0;
    let lease: Lease | undefined;
    places += 1;
    // A place is free, so that it is admitted at once: the line is not for sessions.
    const owner = options.tenant === undefined ? {} : { tenant: options.tenant };
    const entered = admission.reserve({ priority: 'live', force: true, ...owner }).enter({ signal });
    entered.then(
      (given) => {
        lease = given;
        if (signal.aborted) given.leave('done');
      },
      () => undefined,
    );

    const reason = (thrown: unknown): SottoError => {
      if (closed.aborted) return new SottoError('closed');
      return signal.aborted
        ? new SottoError('cancelled', undefined, { cause: thrown })
        : toSottoError(thrown);
    };
    const leave = (): void => {
      if (left.signal.aborted) return;
      places -= 1;
      options.signal.removeEventListener('abort', leave);
      closed.removeEventListener('abort', leave);
      left.abort();
      part.leave();
      lease?.leave('done');
    };
    options.signal.addEventListener('abort', leave, { once: true });
    closed.addEventListener('abort', leave, { once: true });

    return {
      async ready() {
        try {
          await entered;
          const info = await part.ready(signal);
          if (signal.aborted) throw new SottoError('cancelled');
          return info;
        } catch (thrown) {
          throw reason(thrown);
        }
      },
      async read({ window, options: read, kind, signal: own }: SessionWindow) {
        const key = kind.key === undefined ? undefined : `session:${id}:${kind.key}`;
        windows += 1;
        if (kind.name === 'partial' && !load.hasRoomFor(key, pool.lanes(model))) return undefined;
        let held = part.begin();
        // By the time that its model is there, a draft is old.
        if (!held && kind.name === 'partial') return undefined;
        const done = load.begin(kind.name, key);
        const either = own === undefined ? signal : AbortSignal.any([own, signal]);
        try {
          while (!held) {
            await part.ready(either);
            held = part.begin();
          }
          return await batcher.submit({
            window,
            options: { ...read, model },
            priority: options.priority,
            ...owner,
            kind:
              kind.name === 'partial'
                ? { name: 'partial', key: key ?? `session:${id}:#${windows}` }
                : { name: 'final', ...(key === undefined ? {} : { key }) },
            signal: either,
          });
        } catch (thrown) {
          throw own?.aborted && !closed.aborted ? new SottoError('cancelled') : reason(thrown);
        } finally {
          done();
          if (held) part.end();
        }
      },
      get place() {
        const { position, etaMs } = place();
        return { position, etaMs: part.etaMs(etaMs) };
      },
      leave,
    };
  }

  return { open };
}

/**
 * Partials take what is left of the engine: while a final window of any session waits, or as many partials are under way
 * as fit a batch, another one is passed over, as if a newer one had come. So final text is late by one batch at most,
 * however many speak, and the rate of partials follows the engine's speed.
 */
function createLoad() {
  let finals = 0;
  const partials: (string | undefined)[] = [];
  return {
    hasRoomFor: (key: string | undefined, lanes: number): boolean =>
      // One that replaces what waits costs nothing.
      partials.includes(key) || (finals === 0 && partials.length < Math.max(1, lanes)),
    begin(kind: 'final' | 'partial', key: string | undefined): () => void {
      if (kind === 'final') {
        finals += 1;
        return () => void finals--;
      }
      partials.push(key);
      return () => void partials.splice(partials.indexOf(key), 1);
    },
  };
}
