/** What the workers say of themselves, added up. Pure. */
import { waits } from '../../shared/queue/estimate.ts';
import type { AdmissionStats } from '../../shared/queue/port.ts';
import type { ServedModel, ServiceStatus } from '../service/port.ts';
import type { Standing } from './cluster-store.ts';

/** What a worker says every second, as JSON. */
export interface WorkerSays {
  readonly id: string;
  /** jobs that it reads at once */
  readonly slots: number;
  /** it takes no more: it is asked to end */
  readonly leaving: boolean;
  readonly status: ServiceStatus;
}

/** undefined: of another version */
export function workerOf(text: string): WorkerSays | undefined {
  const says = JSON.parse(text) as Partial<WorkerSays>;
  return typeof says.id === 'string' && typeof says.slots === 'number' && says.status !== undefined
    ? (says as WorkerSays)
    : undefined;
}

export const slotsOf = (workers: readonly WorkerSays[]): number =>
  workers.reduce((sum, { slots, leaving }) => sum + (leaving ? 0 : slots), 0);

/** Those with an engine that reads, or soon will. */
export const ableOf = (workers: readonly WorkerSays[]): readonly WorkerSays[] =>
  workers.filter(
    ({ leaving, status: { engine } }) => !leaving && engine.name !== 'failed' && engine.name !== 'closed',
  );

/** How long someone waits who has so many before them; undefined: nothing says so. */
export function etaMs(standing: Standing, slots: number, before: number): number | undefined {
  const { running, msPerJob } = standing;
  if (before + running.length < slots) return 0;
  if (msPerJob === undefined || slots === 0) return undefined;
  const remaining = running.map(({ ms, done, total }) =>
    total !== undefined && done > 0 ? (ms / done) * Math.max(0, total - done) : Math.max(0, msPerJob - ms),
  );
  return waits(
    remaining,
    slots,
    Array.from({ length: before + 1 }, () => msPerJob),
  )[before];
}

export type ClusterCounts = Pick<AdmissionStats, 'done' | 'failed' | 'cancelled' | 'refused'>;

/** As one machine would say it. */
export function statusOf(
  workers: readonly WorkerSays[],
  standing: Standing | undefined,
  counts: ClusterCounts,
  engine: ServiceStatus['engine'],
): ServiceStatus {
  const sum = (read: (status: ServiceStatus) => number) =>
    workers.reduce((all, { status }) => all + read(status), 0);
  const best = workers.find(({ status }) => status.engine.name === 'ready') ?? workers[0];
  const waiting = (standing?.queued ?? 0) + (standing?.reserved ?? 0);
  const paces = workers.flatMap(({ status }) => status.batcher.msPerSecond ?? []);
  return {
    engine,
    info: engine.name === 'ready' ? best?.status.info : undefined,
    devices: best?.status.devices ?? [],
    spare: best?.status.spare ?? 'none',
    restarts: {
      exit: sum(({ restarts }) => restarts.exit),
      hang: sum(({ restarts }) => restarts.hang),
      memory: sum(({ restarts }) => restarts.memory),
      recycle: sum(({ restarts }) => restarts.recycle),
    },
    decoderRestarts: sum(({ decoderRestarts }) => decoderRestarts),
    admission: { ...counts, active: standing?.running.length ?? 0, waiting },
    batcher: {
      running: sum(({ batcher }) => batcher.running),
      waiting: sum(({ batcher }) => batcher.waiting),
      windows: sum(({ batcher }) => batcher.windows),
      batches: sum(({ batcher }) => batcher.batches),
      replaced: sum(({ batcher }) => batcher.replaced),
      msPerSecond: paces.length === 0 ? undefined : paces.reduce((all, pace) => all + pace, 0) / paces.length,
    },
    etaMs: standing === undefined ? undefined : etaMs(standing, slotsOf(workers), waiting),
    models: modelsOf(workers),
  };
}

const BEST_FIRST: readonly ServedModel['state'][] = ['loaded', 'loading', 'available', 'failed'];

/** Each once, as it stands where it stands best; the workers' own model first. */
function modelsOf(workers: readonly WorkerSays[]): readonly ServedModel[] {
  const models = new Map<string, ServedModel>();
  const rank = ({ state }: ServedModel) => BEST_FIRST.indexOf(state);
  for (const model of workers.flatMap(({ status }) => status.models)) {
    const known = models.get(model.id);
    if (known === undefined || rank(model) < rank(known)) models.set(model.id, model);
  }
  return [...models.values()];
}
