/** A worker's part of live sessions: says every second where it is and how many places it has. */
import { toSottoError } from '../../shared/errors.ts';
import type { JobLog } from '../jobs/job-log.ts';
import type { ServiceStatus, TranscriptionService } from '../service/port.ts';
import { LIVE_BEAT_MS, type LivePlaces, type LiveWorker } from './live-places.ts';

export interface LiveWorkerParts {
  readonly places: LivePlaces;
  readonly id: string;
  /** `ws://host:port`, as the ingresses reach it */
  readonly address: string;
  readonly service: Pick<TranscriptionService, 'status'>;
  readonly maxSessions: number;
  readonly log: JobLog;
}

export interface LiveAnnouncement {
  /** From now on nobody leases a place here; those who have one are moved when the listener closes. */
  close(): Promise<void>;
}

/** Resolves when it was said for the first time, or could not be. */
export async function announceLive(parts: LiveWorkerParts): Promise<LiveAnnouncement> {
  const { places, id, service, log } = parts;
  let away = false;
  const say = async () => {
    try {
      await places.announce(worker(parts, service.status()));
      away = false;
    } catch (thrown) {
      if (!away) log.error({ err: toSottoError(thrown) }, 'live: Redis is away');
      away = true;
    }
  };
  await say();
  let saying: Promise<void> | undefined;
  const timer = setInterval(() => {
    saying ??= say().finally(() => {
      saying = undefined;
    });
  }, LIVE_BEAT_MS);
  return {
    async close() {
      clearInterval(timer);
      await saying;
      await places
        .withdraw(id)
        .catch((thrown: unknown) => log.info({ err: toSottoError(thrown) }, 'live: leaving'));
    },
  };
}

function worker({ id, address, maxSessions }: LiveWorkerParts, status: ServiceStatus): LiveWorker {
  const { engine, models, batcher } = status;
  const able = engine.name !== 'failed' && engine.name !== 'closed';
  return {
    id,
    address,
    places: able ? maxSessions : 0,
    models: models.map((model) => model.id),
    pending: batcher.running + batcher.waiting,
  };
}
