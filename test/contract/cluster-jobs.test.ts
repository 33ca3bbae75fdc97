/** Jobs on many machines over a real Redis, with fake engines. */
import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AcceptRequest,
  type ClusterStore,
  createClusterStore,
  turnOf,
} from '../../server/cluster/cluster-store.ts';
import { hadItsTurn } from '../../server/cluster/cluster-worker.ts';
import { type ClusterKeys, clusterKeys } from '../../server/cluster/keys.ts';
import { MAX_DEATHS } from '../../server/cluster/read-job.ts';
import {
  COMMAND_MS,
  checkRedis,
  connectRedis,
  type RedisLink,
  warningsOf,
} from '../../server/cluster/redis.ts';
import type { JobEnd } from '../../server/jobs/port.ts';
import type { ReadNote } from '../../server/service/port.ts';
import { postScript, seen, startCluster, startClusterJobs } from '../support/cluster-world.ts';
import { FAKE_MODEL, script } from '../support/fake-service.ts';
import { until } from '../support/http-world.ts';
import { readEvents } from '../support/jobs-world.ts';
import { type RedisServer, startRedis } from '../support/redis-server.ts';
import { newJob, resultOf, segment } from '../support/stored-jobs.ts';
import { accepted, closeSites, jobsContract, SECRET, serveSite } from './jobs-cases.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
}, 120_000);
afterAll(() => redis.stop());

jobsContract(
  'on many machines',
  startClusterJobs(() => redis.url),
);

describe('several ingresses', () => {
  it('any of them answers for a job of any, and one key is one job at all of them', async () => {
    const cluster = await startCluster(redis.url);
    const [a, b] = [await cluster.ingress(), await cluster.ingress()];
    const worker = await cluster.worker();
    await Promise.all([seen(a.ingress, 1), seen(b.ingress, 1)]);
    const headers = { 'idempotency-key': 'the same' };
    const [first, second] = await Promise.all(
      [a, b].map(({ url }) => accepted(postScript(url, ['say one', 'hold', 'say two'], { headers }))),
    );
    expect(first).toBe(second);
    const following = fetch(`${b.url}/v1/jobs/${first}/events`).then((answer) => readEvents(answer));
    await until(() => worker.service.started.length === 1);
    // The one that took it goes; nothing of the job went with it.
    await a.stop();
    worker.service.release();
    expect((await following).flatMap(({ event, id }) => (event === 'segment' ? [id] : []))).toEqual([
      '1',
      '2',
    ]);
    const result = await fetch(`${b.url}/v1/jobs/${first}/result?format=text`);
    expect(await result.text()).toBe('one two\n');
    await cluster.close();
  });

  it('tell of the end of a job once, and another one tells it where the first cannot', async () => {
    const cluster = await startCluster(redis.url);
    const doors = [await cluster.ingress(), await cluster.ingress()];
    await cluster.worker();
    await Promise.all(doors.map(({ ingress }) => seen(ingress, 1)));
    const ids: (string | undefined)[] = [];
    const site = await serveSite((request, response) => {
      ids.push(String(request.headers['webhook-id']));
      // The first try is never answered: its ingress goes meanwhile.
      if (ids.length > 1) response.writeHead(204).end();
    });
    const fields = { webhook_url: site, webhook_secret: SECRET };
    const id = await accepted(postScript(doors[0]?.url ?? '', ['say one'], { fields }));
    await until(() => ids.length === 1);
    const stateAt = (at: number) => doors[at]?.ingress.jobs.find(id);
    expect((await stateAt(1))?.webhook).toBe('pending');
    // Whichever has it: both go, and a third one comes.
    await Promise.all(doors.map((door) => door.stop()));
    const third = await cluster.ingress();
    await until(async () => (await third.ingress.jobs.find(id))?.webhook === 'delivered');
    expect(ids).toEqual([ids[0], ids[0]]);
    await cluster.close();
    closeSites();
  });

  it('a job whose engine or recording fails for a while is tried again, and goes on after what was said', async () => {
    const cluster = await startCluster(redis.url);
    const door = await cluster.ingress();
    const worker = await cluster.worker();
    await seen(door.ingress, 1);
    const id = await accepted(postScript(door.url, ['say one', 'hold', 'say two']));
    await until(async () => (await door.ingress.jobs.segments(id, 0, 9)).length === 1);
    worker.service.breakEngine({ code: 'engine_exited' });
    await until(async () => (await door.ingress.jobs.find(id))?.status === 'queued');
    const away = join(cluster.folder, 'away');
    await rename(join(cluster.folder, 'blobs'), away);
    worker.service.breakEngine(undefined);
    const tries = () => door.ingress.link.redis.hget(clusterKeys(cluster.name).job(id), 'attempts');
    await until(async () => Number(await tries()) >= 2);
    await rename(away, join(cluster.folder, 'blobs'));
    worker.service.release();
    await until(async () => (await door.ingress.jobs.find(id))?.status === 'done');
    expect((await door.ingress.jobs.result(id))?.segments.map(({ text }) => text)).toEqual(['one', 'two']);
    await cluster.close();
  });

  it('what was learnt beside the text goes with it to the next worker: windows left out, and the language', async () => {
    const cluster = await startCluster(redis.url);
    const door = await cluster.ingress();
    const worker = await cluster.worker();
    await seen(door.ingress, 1);
    const steps = ['hear de a1', 'leave-out poison', 'hear de a2', 'hold', 'hear en a3', 'hear en a4'];
    const id = await accepted(postScript(door.url, [...steps, 'leave-out poison', 'hear de a5']));
    await until(async () => (await door.ingress.jobs.segments(id, 0, 9)).length === 2);
    await worker.stop();
    const next = await cluster.worker();
    next.service.release();
    await until(async () => (await door.ingress.jobs.find(id))?.status === 'done');
    expect(next.service.started[0]?.resume).toMatchObject({
      from: 3,
      notes: [
        { name: 'language', end: 1 },
        { name: 'left-out', end: 2 },
        { name: 'language', end: 3 },
      ],
    });
    const result = await door.ingress.jobs.result(id);
    expect(result?.segments.map(({ text }) => text)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
    expect(result?.leftOut.map(({ start, end }) => [start, end])).toEqual([
      [1, 2],
      [5, 6],
    ]);
    // Of all five: the two that are read by the next worker would say English.
    expect(result?.language).toBe('de');
    const { redis: own } = door.ingress.link;
    expect(await own.exists(`${clusterKeys(cluster.name).prefix}:notes:${id}`)).toBe(0);
    await cluster.close();
  });

  it("a long job gives way to another tenant's, and goes on after what it said; to its own tenant's it does not", async () => {
    const cluster = await startCluster(redis.url, { env: { ASR_QUEUE_MAX: '20' } });
    const door = await cluster.ingress();
    const worker = await cluster.worker(undefined, 50);
    await seen(door.ingress, 1);
    const { jobs, service } = door.ingress;
    const submit = async (id: string, ...steps: string[]) => {
      const path = join(cluster.folder, `${id}-${steps.length}.wav`);
      await writeFile(path, script(...steps));
      const tenant = { id, weight: 1 };
      const { id: _, ...spec } = newJob('');
      const { view } = await jobs.submit({ ...spec, tenant }, { kind: 'file', path, sha256: path }, () =>
        service.reserve({ tenant }),
      );
      return view.id;
    };
    const stateOf = async (id: string) => (await jobs.find(id))?.status;
    // It would be read for ever.
    const long = await submit('many', 'say one', 'say two', 'hold', 'say three');
    await until(async () => (await jobs.segments(long, 0, 9)).length === 2);
    const own = await submit('many', 'say mine');
    const other = await submit('one', 'say other');
    await until(async () => (await stateOf(other)) === 'done');
    await until(async () => (await stateOf(long)) === 'running' || (await stateOf(own)) === 'done');
    expect(await stateOf(long)).not.toBe('done');
    worker.service.release();
    for (const id of [long, own]) await until(async () => (await stateOf(id)) === 'done');
    expect((await jobs.result(long))?.segments.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
    const reads = worker.service.started.map(({ resume }) => resume?.from ?? 0);
    // Begun, given way, and gone on with where it was; the other two are read in one go.
    expect(reads.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 2]);
    await cluster.close();
  });

  it('a request ends when its client goes', async () => {
    const cluster = await startCluster(redis.url);
    const door = await cluster.ingress();
    const worker = await cluster.worker();
    await seen(door.ingress, 1);
    const path = '/v1/audio/transcriptions';
    const gone = new AbortController();
    const asked = fetch(door.url + path, {
      method: 'POST',
      body: await formOf('hold'),
      signal: gone.signal,
    }).catch((error: unknown) => error);
    await until(() => worker.service.started.length === 1);
    gone.abort();
    await asked;
    await until(() => worker.service.status().admission.active === 0);
    await until(async () => (await cluster.audio()).length === 0);
    const direct = await postScript(door.url, ['say here'], { path });
    expect([direct.status, await direct.json()]).toEqual([200, expect.objectContaining({ text: 'here' })]);
    await cluster.close();
  });

  it('requests fail, stream, wait and are refused as on one machine', async () => {
    const cluster = await startCluster(redis.url, { env: { ASR_MAX_WAIT_MS: '300', ASR_QUEUE_MAX: '1' } });
    const door = await cluster.ingress();
    const worker = await cluster.worker();
    await seen(door.ingress, 1);
    const ask = (steps: readonly string[], fields: Record<string, string> = {}) =>
      postScript(door.url, steps, { path: '/v1/audio/transcriptions', fields });
    const refusal = async (answer: Response) => [
      answer.status,
      ((await answer.json()) as { error: { code: string } }).error.code,
    ];
    expect(await refusal(await ask(['say x', 'fail not_media']))).toEqual([415, 'not_media']);
    expect(await refusal(await ask(['leave-out poison']))).toEqual([422, 'poison']);
    const streaming = await ask(['say one', 'hold', 'say two'], { stream: 'true' });
    // The first words are here while the worker still reads.
    const events: string[] = [];
    await readEvents(streaming, (all) => {
      if (all.length === 1) {
        events.push(all[0]?.data ?? '');
        worker.service.release();
      }
      return all.some(({ data }) => data.includes('transcript.text.done') && events.push(data) > 0);
    });
    expect(events.map((data) => (JSON.parse(data) as { type: string }).type)).toEqual([
      'transcript.text.delta',
      'transcript.text.done',
    ]);
    expect(JSON.parse(events[1] ?? '')).toMatchObject({ text: 'one two' });
    const slow = ask(['say x', 'wait 1500']);
    await until(() => worker.service.status().admission.active === 1);
    const waits = ask(['say y']);
    await until(async () => {
      await door.ingress.presence.look();
      return door.ingress.presence.standing?.queued === 1;
    });
    expect(await refusal(await ask(['say z']))).toEqual([503, 'queue_full']);
    expect(await refusal(await waits)).toEqual([503, 'queue_timeout']);
    expect((await slow).status).toBe(200);
    await until(async () => (await cluster.audio()).length === 0);
    await cluster.close();
  });

  it('without a worker newcomers are refused at once and told when to come again', async () => {
    const cluster = await startCluster(redis.url);
    const door = await cluster.ingress();
    for (const path of ['/v1/jobs', '/v1/audio/transcriptions']) {
      const refused = await postScript(door.url, ['say x'], { path });
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(await refused.json()).toMatchObject({ error: { code: 'engine_unavailable' } });
    }
    await cluster.close();
  });
});

async function formOf(...steps: string[]): Promise<FormData> {
  const body = new FormData();
  body.set('file', new File([['fake', ...steps].join('\n')], 'a.wav'));
  body.set('model', FAKE_MODEL);
  return body;
}

describe('the store', () => {
  const links: RedisLink[] = [];
  afterAll(() => {
    for (const link of links) link.close();
  });

  function stores(many: number): {
    store: ClusterStore;
    all: ClusterStore[];
    redis: Redis;
    keys: ClusterKeys;
  } {
    const keys = clusterKeys(`t${randomBytes(6).toString('hex')}`);
    const all = Array.from({ length: many }, () => {
      const link = connectRedis(redis.url, 'patient');
      links.push(link);
      return createClusterStore(link.redis, keys);
    });
    const { redis: own } = links.at(-1) as RedisLink;
    return { store: all[0] as ClusterStore, all, redis: own, keys };
  }

  const asked = (id: string, tenant = '', cost = 8): AcceptRequest => ({
    ...{ id, kind: 'job', model: FAKE_MODEL, options: { task: 'transcribe' }, source: { kind: 'file' } },
    ...{ key: undefined, fingerprint: id, turn: { tenant, cost } },
  });
  const done: JobEnd = { status: 'done', result: resultOf([segment(0)]) };

  const place = { most: 10, mostInAll: 30, lastsMs: 60_000, force: false, tenant: '' };

  it('gives exactly as many places as there are, however many ask at once', async () => {
    const { all } = stores(3);
    const granted = await Promise.all(
      Array.from({ length: 60 }, (_, at) => all[at % 3]?.reserve(`job_${at}`, place)),
    );
    expect(granted.filter(Boolean)).toHaveLength(10);
    await all[0]?.release(`job_${granted.indexOf(true)}`);
    expect(await all[1]?.reserve('job_more', place)).toBe(true);
    expect(await all[1]?.reserve('job_forced', { ...place, force: true })).toBe(true);
  });

  it('who fills the line keeps no other tenant out, nor does it get more itself', async () => {
    const { store, redis: own, keys } = stores(1);
    let ids = 0;
    const ask = async (tenant: string, more: Partial<typeof place> = {}) =>
      (await store.reserve(`job_${++ids}`, { ...place, tenant, ...more })) ? `job_${ids}` : undefined;
    const askFor = async (tenant: string, times: number, more = {}) => {
      const got: string[] = [];
      for (let time = 0; time < times; time += 1) got.push((await ask(tenant, more)) ?? '');
      return got.filter((id) => id !== '');
    };
    const first = await askFor('a', 15);
    expect(first).toHaveLength(10);
    // Half for the second, a third for the third; who says no name is nobody's tenant.
    const second = await askFor('b', 9);
    expect(second).toHaveLength(5);
    expect(await askFor('c', 9)).toHaveLength(3);
    expect(await askFor('', 3)).toEqual([]);
    expect(await askFor('d', 3, { mostInAll: 18 })).toEqual([]);
    // As accepted jobs they count the same, and what ends makes room for those who are below their part.
    const whose = (id: string) => ({ id, weight: 1 });
    for (const id of second)
      await store.accept({ ...asked(id), tenant: whose('b'), turn: turnOf(whose('b')) });
    expect(await askFor('b', 1)).toEqual([]);
    for (const id of second.slice(0, 3)) await store.finish(id, 'any', { status: 'cancelled' }, 1_000);
    await store.release(first[0] ?? '');
    expect(await askFor('a', 1)).toEqual([]);
    expect(await askFor('b', 1)).toHaveLength(1);
    // What lapsed counts no longer.
    for (const id of first.slice(1)) await own.zadd(`${keys.prefix}:reserved`, 1, id);
    await store.beat('x', 1_000, []);
    expect(await own.hvals(`${keys.prefix}:reserving`)).not.toContain('a');
    expect(await askFor('a', 1)).toHaveLength(1);
  });

  it('a worker that lost its job writes nothing more, and a job ends once', async () => {
    const { store } = stores(1);
    await store.accept(asked('job_a'));
    const [first, second] = [await store.begin('job_a', 'w1', 9), await store.begin('job_a', 'w2', 9)];
    if (first.name !== 'run' || second.name !== 'run') throw new Error('it did not begin');
    expect(await store.addSegments('job_a', second.fence, [segment(0)])).toBe('written');
    expect(await store.addSegments('job_a', first.fence, [segment(0, 'Other.'), segment(1)])).toBe('fenced');
    expect(await store.progress('job_a', first.fence, 1, 2)).toBe('fenced');
    expect(await store.finish('job_a', first.fence, done, 60_000)).toBe(false);
    expect(await store.requeue('job_a', first.fence, 'counted')).toBeUndefined();
    // What is there stays as it is, and a gap is refused.
    expect(await store.addSegments('job_a', second.fence, [segment(0, 'Again.'), segment(1)])).toBe(
      'written',
    );
    await expect(store.addSegments('job_a', second.fence, [segment(3)])).rejects.toThrow('gap');
    expect(await store.finish('job_a', second.fence, done, 60_000)).toBe(true);
    expect(await store.finish('job_a', second.fence, done, 60_000)).toBe(false);
    expect((await store.segments('job_a', 0, 9)).map(({ text }) => text)).toEqual([
      'Segment 0.',
      'Segment 1.',
    ]);
    expect(await store.begin('job_a', 'w3', 9)).toEqual({ name: 'over' });
  });

  it('notes are of the reader alone, each once, and go with the windows that are read again', async () => {
    const { store } = stores(1);
    await store.accept(asked('job_n'));
    const leftOut = (end: number): ReadNote => ({
      ...{ name: 'left-out', start: end - 0.5, end, error: { code: 'poison' } },
    });
    const [first, second] = [await store.begin('job_n', 'w1', 9), await store.begin('job_n', 'w2', 9)];
    if (first.name !== 'run' || second.name !== 'run') throw new Error('it did not begin');
    expect(await store.addNote('job_n', first.fence, leftOut(1))).toBe('fenced');
    for (const end of [10.5, 2, 2, 9.25, 0.1 + 0.2]) {
      expect(await store.addNote('job_n', second.fence, leftOut(end))).toBe('written');
    }
    expect(await store.keepNotes('job_n', first.fence, 5)).toEqual([]);
    const kept = [0.1 + 0.2, 2, 9.25].map(leftOut);
    expect(await store.keepNotes('job_n', second.fence, 10)).toEqual(kept);
    expect(await store.keepNotes('job_n', second.fence, 99)).toEqual(kept);
  });

  it('a job that ends its workers is poison, unless it got on in between', async () => {
    const { store } = stores(1);
    await store.accept(asked('job_p'));
    const begin = () => store.begin('job_p', 'w', MAX_DEATHS);
    for (let death = 0; death < MAX_DEATHS; death += 1) expect((await begin()).name).toBe('run');
    expect((await begin()).name).toBe('poison');
    // One that is heard of did not die of it: Redis was away, or it was slow.
    await store.present('w', 60_000, '{}');
    await store.accept(asked('job_r'));
    for (let loss = 0; loss <= MAX_DEATHS; loss += 1) {
      expect((await store.begin('job_r', 'w', MAX_DEATHS)).name).toBe('run');
    }
    await store.leave('w');
    await store.accept(asked('job_q'));
    for (let death = 0; death < MAX_DEATHS * 2; death += 1) {
      const begun = await store.begin('job_q', 'w', MAX_DEATHS);
      if (begun.name === 'over') throw new Error('over');
      expect(begun.name).toBe('run');
      await store.addSegments('job_q', begun.fence, [segment(death)]);
    }
  });

  it('who gives way to whom goes by what each reads and its weight, one at a time for each that waits', async () => {
    const { store, redis: own, keys } = stores(1);
    const accept = async (id: string, tenant: string, weight: number) => {
      const whose = { id: tenant, weight };
      const answer = await store.accept({ ...asked(id), tenant: whose, turn: turnOf(whose) });
      return answer.name === 'accepted' ? answer.priority : Number.NaN;
    };
    const read = async (id: string, tenant: string, weight = 1) => {
      await accept(id, tenant, weight);
      await store.begin(id, 'w', 9);
    };
    const line = `${keys.prefix}:transcribe:prioritized`;
    /** For some seconds already. */
    const wait = async (id: string, tenant: string, weight = 1) => {
      await own.zadd(line, await accept(id, tenant, weight), id);
      await own.zincrby(`${keys.prefix}:queued`, -5_000, id);
    };
    const begun = async (id: string) => {
      await own.zrem(line, id);
      await store.begin(id, 'w', 9);
      const giving = await own.keys(`${keys.prefix}:giving:*`);
      if (giving.length > 0) await own.del(...giving);
    };
    const fenceOf = async (id: string) => Number(await own.hget(keys.job(id), 'fence'));
    const giveWay = async (id: string) =>
      store.giveWay(id, await fenceOf(id), turnOf({ id: 'a', weight: 1 }));

    for (const id of ['a0', 'a1', 'a2', 'a3']) await read(id, 'a');
    await wait('a4', 'a');
    expect(await store.due(['a2', 'a3'])).toBeUndefined();
    await wait('b0', 'b');
    expect(await store.due([])).toBeUndefined();
    expect(await store.due(['a2', 'a3'])).toBe('a2');
    // Somebody gives way to b already; c may have another's place.
    expect(await store.due(['a3'])).toBeUndefined();
    await wait('c0', 'c');
    expect(await store.due(['a3'])).toBe('a3');

    expect(await store.giveWay('a2', (await fenceOf('a2')) + 1, turnOf())).toBeUndefined();
    const back = await giveWay('a2');
    expect(back).toBeGreaterThan(Number(await own.hget(keys.job('b0'), 'priority')));
    expect((await store.look('a2'))?.record).toMatchObject({ status: 'queued', progress: undefined });
    expect(await giveWay('a2')).toBeUndefined();
    await own.zrem(line, 'a4', 'c0');
    await begun('b0');
    // a reads three, b one: with another one both would read two.
    await wait('b1', 'b');
    expect(await store.due(['a0', 'a1'])).toBe('a0');
    await giveWay('a0');
    await begun('b1');
    await wait('b2', 'b');
    expect(await store.due(['a1', 'a3'])).toBeUndefined();
    // Two of it read by who has a weight of 4 are less than two of a's.
    await own.zrem(line, 'b2');
    for (const id of ['d0', 'd1']) await read(id, 'd', 4);
    await wait('d2', 'd', 4);
    expect(await store.due(['a1', 'a3'])).toBe('a1');
  });

  it('a job has had its turn when it was read for as long as it took to come there, and some seconds', () => {
    expect(hadItsTurn({ beganAt: 0, textAt: undefined }, 1e6, 10)).toBe(false);
    expect(hadItsTurn({ beganAt: 0, textAt: 5 }, 14, 10)).toBe(false);
    expect(hadItsTurn({ beganAt: 0, textAt: 5 }, 15, 10)).toBe(true);
    expect(hadItsTurn({ beganAt: 0, textAt: 50 }, 99, 10)).toBe(false);
    expect(hadItsTurn({ beganAt: 0, textAt: 50 }, 100, 10)).toBe(true);
  });

  it('finds what no queue holds, and requests whose ingress is gone', async () => {
    const { store } = stores(1);
    await store.beat('alive', 60_000, []);
    await store.accept(asked('job_lost'));
    await store.accept({ ...asked('job_orphan'), kind: 'request', owner: 'gone' });
    await store.accept({ ...asked('job_waits'), kind: 'request', owner: 'alive' });
    const { lost, orphans } = await store.sweep(0);
    expect(lost.map(({ id }) => id).toSorted()).toEqual(['job_lost', 'job_waits']);
    expect(orphans).toEqual(['job_orphan']);
    expect((await store.sweep(60_000)).lost).toEqual([]);
  });

  it('tenants take turns by their weight, and one alone is first come, first served', async () => {
    const { store } = stores(1);
    const turns: [string, number][] = [];
    const add = async (id: string, tenant: string, cost: number) => {
      const answer = await store.accept(asked(id, tenant, cost));
      if (answer.name === 'accepted') turns.push([id, answer.priority]);
    };
    for (const at of [0, 1, 2, 3]) await add(`a${at}`, 'many', 8);
    await add('b0', 'one', 8);
    for (const at of [0, 1, 2]) await add(`c${at}`, 'heavy', 4);
    const order = turns.toSorted(([, a], [, b]) => a - b).map(([id]) => id);
    expect(order).toEqual(['a0', 'b0', 'c0', 'c1', 'a1', 'c2', 'a2', 'a3']);
    // Who comes later does not catch up on turns that it did not use.
    for (const at of [0, 1]) await store.begin(`a${at}`, 'w', 9);
    await add('d0', 'late', 8);
    expect(turns.at(-1)?.[1]).toBe(turns.find(([id]) => id === 'a1')?.[1]);
  });
});

describe('Redis', () => {
  it('is checked: what loses jobs is said', async () => {
    expect(warningsOf({ policy: 'noeviction', aof: '1', fsync: 'always' })).toEqual([]);
    const all = [
      warningsOf({ policy: 'allkeys-lru', aof: '0', fsync: 'always' }),
      warningsOf({ policy: 'noeviction', aof: '1', fsync: 'everysec' }),
      warningsOf({ policy: 'noeviction', aof: '1', fsync: undefined }),
    ];
    expect(all.map((each) => each.map(({ code }) => code))).toEqual([
      ['eviction', 'no_aof'],
      ['fsync'],
      ['unknown'],
    ]);
    const link = connectRedis(redis.url, 'bounded');
    await link.ready(5_000);
    expect(await checkRedis(link.redis)).toEqual([]);
    link.close();
  });

  it('that is away: 503 in time, health says so, and what was accepted is read when it is back', async () => {
    const own = await startRedis();
    const cluster = await startCluster(own.url);
    const door = await cluster.ingress();
    const worker = await cluster.worker();
    await seen(door.ingress, 1);
    const id = await accepted(postScript(door.url, ['say one', 'hold', 'say two']));
    const waiting = await accepted(postScript(door.url, ['say three']));
    await until(() => worker.service.started.length === 1);
    await own.kill();
    const began = performance.now();
    const answers = await Promise.all([
      postScript(door.url, ['say x']),
      postScript(door.url, ['say x'], { path: '/v1/audio/transcriptions' }),
      fetch(`${door.url}/v1/jobs/${id}`),
      fetch(`${door.url}/health/ready`),
    ]);
    expect(performance.now() - began).toBeLessThan(8_000);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    for (const answer of answers.slice(0, 3)) {
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(await answer.json()).toMatchObject({ error: { code: 'cluster_unavailable' } });
    }
    expect(await (await fetch(`${door.url}/health`)).json()).toMatchObject({ cluster: { redis: 'lost' } });
    // Nor is anyone kept waiting by one that is there and says nothing.
    await own.start();
    await seen(door.ingress, 1);
    own.signal('SIGSTOP');
    const silent = performance.now();
    const late = await postScript(door.url, ['say x']);
    expect([late.status, await late.json()]).toEqual([
      503,
      expect.objectContaining({ error: expect.anything() }),
    ]);
    expect(performance.now() - silent).toBeLessThan(3 * COMMAND_MS);
    await own.kill();
    // What is read meanwhile is written when it is back.
    worker.service.release();
    await own.start();
    for (const [job, text] of [
      [id, 'one two\n'],
      [waiting, 'three\n'],
    ]) {
      await until(async () => (await fetch(`${door.url}/v1/jobs/${job}/result`)).status === 200);
      expect(await (await fetch(`${door.url}/v1/jobs/${job}/result?format=text`)).text()).toBe(text);
    }
    await cluster.close();
    await own.stop();
  });
});
