/** Ingresses and workers as processes on one real Redis; whichever is killed comes back, as an orchestrator would have it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterProcess, startIngress, startWorker } from '../support/cluster-process.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';

export type MachineRole = 'ingress' | 'worker';

export interface Machines {
  readonly redis: RedisServer;
  /** those that are there now */
  standing(role: MachineRole): readonly ClusterProcess[];
  /** of the ingresses */
  ports(): readonly number[];
  /** Ends it at once, and starts another in its place a second later. */
  kill(role: MachineRole, which: ClusterProcess): Promise<void>;
  close(): Promise<void>;
}

export interface MachinesOptions {
  readonly folder: string;
  readonly ingresses: number;
  readonly workers: number;
  /** what stands before the arguments of the command line */
  readonly node: readonly string[];
  /** an ingress came or went */
  readonly onPorts: (ports: readonly number[]) => void;
}

const AWAY_MS = 1_000;

export async function startMachines(options: MachinesOptions): Promise<Machines> {
  const { folder, node, onPorts } = options;
  const redis = await startRedis();
  await mkdir(join(folder, 'spool'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Sotto</title>');
  const env = {
    ASR_REDIS_URL: redis.url,
    ASR_BLOBS: join(folder, 'blobs'),
    ASR_SPOOL_DIR: join(folder, 'spool'),
    ASR_QUEUE_MAX: '16',
    ASR_MAX_WAIT_MS: '8000',
    ASR_MAX_CONCURRENT: '1',
    SOTTO_WEB: folder,
  };
  const start = (role: MachineRole) =>
    role === 'ingress' ? startIngress(env, node) : startWorker(env, node);
  const machines: Record<MachineRole, Set<ClusterProcess>> = { ingress: new Set(), worker: new Set() };
  const returning = new Set<Promise<void>>();
  let closing: 'no' | 'yes' = 'no';

  const ports = () => [...machines.ingress].map(({ name }) => Number(new URL(name).port));

  async function add(role: MachineRole): Promise<void> {
    const machine = await start(role);
    if (closing === 'yes') return machine.kill('SIGKILL');
    machines[role].add(machine);
    if (role === 'ingress') onPorts(ports());
  }

  async function comeBack(role: MachineRole): Promise<void> {
    await sleep(AWAY_MS);
    for (let tries = 0; tries < 5 && closing === 'no'; tries += 1) {
      // It does not start while Redis is away for too long.
      const failed = await add(role).then(
        () => false,
        () => true,
      );
      if (!failed) return;
    }
  }

  async function close(): Promise<void> {
    closing = 'yes';
    await Promise.all(returning);
    await Promise.all([...machines.ingress, ...machines.worker].map((each) => each.kill('SIGKILL')));
    await redis.stop();
  }

  try {
    // Not all at once: each loads a model.
    for (let count = 0; count < options.workers; count += 1) await add('worker');
    await Promise.all(Array.from({ length: options.ingresses }, () => add('ingress')));
  } catch (thrown) {
    await close();
    throw thrown;
  }

  return {
    redis,
    standing: (role) => [...machines[role]],
    ports,
    async kill(role, which) {
      machines[role].delete(which);
      if (role === 'ingress') onPorts(ports());
      await which.kill('SIGKILL');
      const back: Promise<void> = comeBack(role).finally(() => returning.delete(back));
      returning.add(back);
    },
    close,
  };
}
