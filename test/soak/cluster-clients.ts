/** Clients of a cluster: who waits for the answer, and who comes back for it. Each goes to another ingress when its own is gone. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient, getBytes, type Reply, requestBytes, SILENT } from './client.ts';
import { type ClusterTally, countVerdict, textVerdict, type Verdict, verdictOf } from './cluster-tally.ts';

export interface Load {
  /** of the ingresses as they are now */
  ports(): readonly number[];
  readonly file: Buffer;
  readonly fileName: string;
  readonly expected: string;
  /** no new request after that, by `performance.now()` */
  readonly until: number;
  /** accepted jobs that are not finished by then are lost */
  readonly drainedBy: number;
  readonly tally: ClusterTally;
  /** when a machine was killed last, by `performance.now()`; -Infinity: none was */
  blowAt(): number;
  random(): number;
}

/** Past every wait of the servers' own. */
const BOUND_MS = 60_000;
const LONGEST_PAUSE_MS = 5_000;
const SHORTEST_PAUSE_MS = 250;
const LOOK_MS = 1_000;

/** One connection at a time, to any ingress that is there. */
export function createRoamer({ ports, random }: Pick<Load, 'ports' | 'random'>) {
  let client: { readonly port: number; readonly at: Client } | undefined;
  return {
    async ask(request: Buffer): Promise<Reply | Error> {
      const all = ports();
      if (client === undefined || !all.includes(client.port)) {
        client?.at.close();
        const port = all[Math.floor(random() * all.length)];
        if (port === undefined) return new Error('no ingress');
        client = { port, at: createClient(port, request, BOUND_MS) };
      }
      try {
        return await client.at.ask(request);
      } catch (thrown) {
        client.at.close();
        client = undefined;
        return thrown instanceof Error ? thrown : new Error(String(thrown));
      }
    },
    close: () => client?.at.close(),
  };
}

/** As it was told, and not all at the same moment. */
const pauseAfter = (reply: Reply | Error, random: () => number): Promise<void> => {
  const told = reply instanceof Error ? SHORTEST_PAUSE_MS : reply.retryMs;
  return sleep(Math.min(LONGEST_PAUSE_MS, Math.max(SHORTEST_PAUSE_MS, told)) * (1 + random() / 2));
};

/** `POST /v1/audio/transcriptions`, again and again. */
export async function waitingClient(load: Load): Promise<void> {
  const { file, fileName, expected, until, tally, random } = load;
  const roamer = createRoamer(load);
  const request = requestBytes(file, fileName);
  while (performance.now() < until) {
    const reply = await roamer.ask(request);
    const verdict = verdictOf(reply, expected);
    countVerdict(tally, verdict, reply instanceof Error ? undefined : reply.ms);
    if (verdict.name !== 'served') await pauseAfter(reply, random);
  }
  roamer.close();
}

/** `POST /v1/jobs` with a key of its own, sent again until it is accepted or refused; then asked for until it ends. */
export async function returningClient(load: Load): Promise<void> {
  const roamer = createRoamer(load);
  while (performance.now() < load.until) {
    const accepted = await submit(load, roamer);
    if (accepted !== undefined) countVerdict(load.tally, await resultOf(accepted, load, roamer));
  }
  roamer.close();
}

export type Roamer = ReturnType<typeof createRoamer>;

/** The job's number; undefined: it was refused, which is counted. */
export async function submit(
  { file, fileName, tally, random, drainedBy }: Load,
  roamer: Roamer,
): Promise<string | undefined> {
  const headers = [`idempotency-key: ${randomUUID()}`];
  const request = requestBytes(file, fileName, { path: '/v1/jobs', headers });
  const numbers = new Set<string>();
  for (;;) {
    const reply = await roamer.ask(request);
    if (!(reply instanceof Error) && reply.status === 202) {
      numbers.add((JSON.parse(reply.body) as { id: string }).id);
      // Now and then once more: it must be the same job.
      if (numbers.size === 1 && random() < 0.8) return [...numbers][0];
      if (numbers.size > 1) countVerdict(tally, { name: 'doubled', why: 'two jobs for one key' });
      if (random() < 0.8) return [...numbers][0];
      continue;
    }
    const verdict: Verdict = verdictOf(reply, '');
    // It may have been accepted: the same key finds out. What was accepted before is not refused now.
    if (verdict.name === 'cut' || (verdict.name === 'refused' && numbers.size > 0)) {
      if (verdict.name === 'cut') countVerdict(tally, verdict);
      if (performance.now() > drainedBy) {
        countVerdict(tally, { name: 'lost', why: 'never answered' });
        return undefined;
      }
      await pauseAfter(reply, random);
      continue;
    }
    countVerdict(tally, verdict, reply instanceof Error ? undefined : reply.ms);
    await pauseAfter(reply, random);
    return undefined;
  }
}

export async function resultOf(
  id: string,
  { expected, drainedBy, random }: Load,
  roamer: Roamer,
): Promise<Verdict> {
  const request = getBytes(`/v1/jobs/${id}/result?format=json`);
  let last = 'nothing';
  while (performance.now() < drainedBy) {
    const reply = await roamer.ask(request);
    if (reply instanceof Error) {
      if (reply.message === SILENT) return { name: 'lost', why: `${SILENT}: a job's result` };
      last = reply.message;
    } else {
      if (reply.status === 200)
        return textVerdict((JSON.parse(reply.body) as { text: string }).text, expected);
      last = `${reply.status} ${reply.code}`;
      const later = reply.code === 'job_unfinished' || reply.status === 503;
      if (!later) return { name: 'lost', why: `an accepted job ended with ${last}` };
    }
    await sleep(LOOK_MS * (0.5 + random()));
  }
  return { name: 'lost', why: `an accepted job had no result at the end: ${last}` };
}
