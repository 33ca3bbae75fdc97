/** What holds for jobs over HTTP wherever they lie: in this process's own store, or on many machines. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import Value from 'typebox/value';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Job, JobEvent } from '../../shared/protocol/http-jobs.ts';
import { FAKE_MODEL, script } from '../support/fake-service.ts';
import { until } from '../support/http-world.ts';
import { type JobsWorld, type JobsWorldOptions, readEvents } from '../support/jobs-world.ts';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export type StartJobs = (options?: JobsWorldOptions) => Promise<JobsWorld>;

const servers: Server[] = [];

/** Ends every site of a test. */
export function closeSites(): void {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
}

export async function serveSite(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function accepted(answer: Response | Promise<Response>): Promise<string> {
  const { status } = await answer;
  const body = (await (await answer).json()) as { id: string };
  expect({ status, body }).toMatchObject({
    status: 202,
    body: { id: expect.stringMatching(/^job_[\w-]{24}$/) },
  });
  expect((await answer).headers.get('location')).toBe(`/v1/jobs/${body.id}`);
  return body.id;
}

export async function view(id: string, of: JobsWorld): Promise<Job> {
  const answer = await of.get(`/v1/jobs/${id}`);
  const body: unknown = await answer.json();
  if (!Value.Check(Job, body)) throw new Error(`no job: ${answer.status} ${JSON.stringify(body)}`);
  return body;
}

export const ends = async (id: string, status: string, of: JobsWorld) => {
  await until(async () => !['queued', 'running'].includes((await view(id, of)).status));
  expect((await view(id, of)).status).toBe(status);
};
export const failure = async (answer: Response) => {
  const { error } = (await answer.json()) as { error: { code: string; param: string | null } };
  return { status: answer.status, code: error.code, param: error.param };
};

export function jobsContract(name: string, start: StartJobs): void {
  describe(name, () => {
    let world: JobsWorld;
    beforeAll(async () => {
      world = await start();
    });
    afterAll(() => world.close());
    afterEach(closeSites);

    describe('a job', () => {
      it('is accepted, read, and its text is there in every format; its sound is gone', async () => {
        const id = await accepted(
          world.post(['say one', 'say two'], { fields: { response_format: 'text' } }),
        );
        await ends(id, 'done', world);
        const result = (format: string) => world.get(`/v1/jobs/${id}/result${format}`);
        expect(await (await result('')).text()).toBe('one two\n');
        expect(await (await result('?format=json')).json()).toMatchObject({ text: 'one two' });
        expect(await (await result('?format=verbose_json')).json()).toMatchObject({ segments: [{}, {}] });
        expect(await (await result('?format=srt')).text()).toContain('00:00:01,000 --> 00:00:02,000\ntwo');
        const vtt = await result('?format=vtt');
        expect(vtt.headers.get('content-type')).toBe('text/vtt; charset=utf-8');
        expect(await failure(await result('?format=pdf'))).toMatchObject({ status: 400, param: 'format' });
        await until(async () => (await world.audio()).length === 0);
      });

      it('that fails gives its error, as the state and as the result', async () => {
        const id = await accepted(world.post(['say one', 'fail not_media']));
        await ends(id, 'failed', world);
        expect((await view(id, world)).error).toMatchObject({ code: 'not_media' });
        expect(await failure(await world.get(`/v1/jobs/${id}/result`))).toMatchObject({ status: 415 });
        const passing = await accepted(world.post(['fail source_failed']));
        await ends(passing, 'failed', world);
        const never = await world.get(`/v1/jobs/${passing}/result`);
        // Of a 502 clients try again by themselves; this job will not change.
        expect([never.status, never.headers.get('x-should-retry')]).toEqual([502, 'false']);
        await until(async () => (await world.audio()).length === 0);
      });

      it('of which nothing could be read is no empty text', async () => {
        const id = await accepted(world.post(['leave-out poison']));
        await ends(id, 'failed', world);
        expect((await view(id, world)).error).toMatchObject({ code: 'poison' });
      });

      it('that is unknown is a 404; what is wrong with a request is a 400 that names it', async () => {
        expect(await failure(await world.get('/v1/jobs/job_none'))).toMatchObject({ code: 'job_unknown' });
        expect(await failure(await world.get('/v1/jobs/job_none/events'))).toMatchObject({ status: 404 });
        const wrong = (fields: Record<string, string>) => world.post(['say x'], { fields });
        expect(await failure(await wrong({ model: 'none' }))).toMatchObject({ code: 'model_not_found' });
        const secretless = await failure(await wrong({ webhook_url: 'http://127.0.0.1/' }));
        expect(secretless).toMatchObject({ status: 400, param: 'webhook_secret' });
        const ftp = await failure(await wrong({ webhook_url: 'ftp://a.example/' }));
        expect(ftp).toMatchObject({ code: 'address_refused', param: 'webhook_url' });
        expect(await world.audio()).toEqual([]);
        expect(world.service.status().admission.waiting).toBe(0);
      });
    });

    describe('waiting', () => {
      it('has a place, is refused where there is none, and a cancelled job frees it', async () => {
        const busy = await start({ limits: { maxWaiting: 1 } });
        const first = await accepted(busy.post(['say one', 'hold', 'say two']));
        await until(async () => (await view(first, busy)).status === 'running');
        const second = await accepted(busy.post(['say three']));
        expect(await view(second, busy)).toMatchObject({ status: 'queued', position: 0 });
        const early = await busy.get(`/v1/jobs/${first}/result`);
        expect(early.headers.get('retry-after')).toBe('1');
        expect(await failure(early)).toMatchObject({ status: 409, code: 'job_unfinished' });
        for (const path of ['/v1/jobs', '/v1/audio/transcriptions']) {
          const refused = await busy.post(['say x'], { path, headers: { prefer: 'respond-async' } });
          expect(await failure(refused)).toMatchObject({ status: 503, code: 'queue_full' });
        }
        const remove = (id: string) => fetch(`${busy.url}/v1/jobs/${id}`, { method: 'DELETE' });
        expect(await (await remove(first)).json()).toMatchObject({ status: 'cancelled' });
        await ends(second, 'done', busy);
        expect((await view(first, busy)).status).toBe('cancelled');
        expect(await failure(await busy.get(`/v1/jobs/${first}/result`))).toMatchObject({ status: 410 });
        for (const id of [first, second, first, 'job_none']) expect((await remove(id)).status).toBe(204);
        expect(await failure(await busy.get(`/v1/jobs/${first}`))).toMatchObject({ code: 'job_unknown' });
        await until(async () => (await busy.audio()).length === 0);
        await busy.close();
      });

      it('Prefer: respond-async is the same job by another door', async () => {
        const answer = world.post(['say one'], {
          path: '/v1/audio/transcriptions',
          headers: { prefer: 'respond-async' },
        });
        expect((await answer).headers.get('preference-applied')).toBe('respond-async');
        await ends(await accepted(answer), 'done', world);
      });
    });

    describe('Idempotency-Key', () => {
      const headers = { 'idempotency-key': 'my key' };

      it('gives the same job for the same request, also where the queue is full, and a conflict for another', async () => {
        const busy = await start({ limits: { maxWaiting: 0 } });
        const id = await accepted(busy.post(['hold'], { headers }));
        expect(await accepted(busy.post(['hold'], { headers }))).toBe(id);
        const others = [
          busy.post(['hold', 'say x'], { headers }),
          busy.post(['hold'], { headers, fields: { prompt: 'x' } }),
        ];
        for (const other of await Promise.all(others)) {
          expect(await failure(other)).toMatchObject({ status: 409, code: 'conflict' });
        }
        expect(await busy.audio()).toHaveLength(1);
        busy.service.release();
        await ends(id, 'done', busy);
        expect(await accepted(busy.post(['hold'], { headers }))).toBe(id);
        await until(async () => (await busy.audio()).length === 0);
        await busy.close();
      });

      it('a hundred at once are one job', async () => {
        const wide = await start({ limits: { maxWaiting: 100 } });
        const answers = await Promise.all(
          Array.from({ length: 100 }, () => wide.post(['say x'], { headers: { 'idempotency-key': 'many' } })),
        );
        // Beyond the bound of repetitions: told to come again.
        expect(answers.every(({ status }) => status === 202 || status === 503)).toBe(true);
        const ids = await Promise.all(
          answers.filter(({ status }) => status === 202).map((each) => accepted(each)),
        );
        expect(new Set(ids).size).toBe(1);
        await ends(ids[0] ?? '', 'done', wide);
        expect(wide.service.started).toHaveLength(1);
        await until(async () => (await wide.audio()).length === 0);
        await wide.close();
      });

      it('sent twice at once makes one job', async () => {
        const twice = ['one', 'one'].map(() => accepted(world.post(['say x'], { headers })));
        const [first, second] = await Promise.all(twice);
        expect(first).toBe(second);
        await until(async () => (await world.audio()).length === 0);
      });
    });

    describe('events', () => {
      it('tell the place, the segments once each, and the end; Last-Event-ID goes on, also after a restart', async () => {
        const busy = await start();
        const first = await accepted(busy.post(['say one', 'say two', 'hold', 'say three']));
        const second = await accepted(busy.post(['say x']));
        const waits = await readEvents(await busy.get(`/v1/jobs/${second}/events`), (all) =>
          all.some(({ data }) => data.includes('"pending":1')),
        );
        const told = waits.flatMap(({ event, data }) => (event === 'queue_status' ? [JSON.parse(data)] : []));
        expect(told.at(-1)).toMatchObject({ position: 0, pending: 1 });
        const path = `/v1/jobs/${first}/events`;
        const segments = (all: readonly { readonly event?: string | undefined }[]) =>
          all.filter(({ event }) => event === 'segment');
        const before = await readEvents(await busy.get(path), (all) => segments(all).length >= 2);
        expect(segments(before).map((event) => ('id' in event ? event.id : ''))).toEqual(['1', '2']);
        await busy.restart();
        await until(async () => (await view(first, busy)).status === 'running');
        const follows = busy.get(path, { 'last-event-id': '1' });
        busy.service.release();
        const after = await readEvents(await follows);
        for (const { data } of after) expect(Value.Check(JobEvent, JSON.parse(data)), data).toBe(true);
        const said = segments(after).map((event) => JSON.parse('data' in event ? String(event.data) : ''));
        expect(said.map(({ id, text }) => [id, text])).toEqual([
          [1, 'two'],
          [2, 'three'],
        ]);
        expect(after.at(-1)).toMatchObject({ id: 'end', event: 'done' });
        expect((await busy.get(path, { 'last-event-id': 'end' })).status).toBe(204);
        expect(await failure(await busy.get(path, { 'last-event-id': 'x' }))).toMatchObject({ status: 400 });
        await ends(second, 'done', busy);
        await busy.close();
      });

      it('keeps a silent stream alive, and says that a job was cancelled', async () => {
        const busy = await start({ env: { ASR_SSE_KEEP_ALIVE_MS: '30' } });
        const id = await accepted(busy.post(['hold']));
        await until(async () => (await view(id, busy)).status === 'running');
        const reader = (await busy.get(`/v1/jobs/${id}/events`)).body?.getReader();
        const next = async () => new TextDecoder().decode((await reader?.read())?.value);
        let text = '';
        while (!text.includes(': still reading')) text += await next();
        await fetch(`${busy.url}/v1/jobs/${id}`, { method: 'DELETE' });
        while (!text.includes('event: cancelled')) text += await next();
        await busy.close();
      });
    });

    describe('an address instead of a file', () => {
      const ask = (body: object, of = world) =>
        fetch(`${of.url}/v1/jobs`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: FAKE_MODEL, ...body }),
        });

      it('is fetched by the server, over redirects', async () => {
        const site = await serveSite((request, response) => {
          if (request.url === '/moved') response.writeHead(302, { location: '/file' }).end();
          else response.end(script('say fetched'));
        });
        const id = await accepted(
          ask({ url: `${site}/moved`, response_format: 'text', 'terms[]': ['a', 'b'] }),
        );
        await ends(id, 'done', world);
        expect(await (await world.get(`/v1/jobs/${id}/result`)).text()).toBe('fetched\n');
        expect(world.service.started.at(-1)?.options.terms).toEqual(['a', 'b']);
        await until(async () => (await world.audio()).length === 0);
      });

      it('that gives no file fails the job', async () => {
        const site = await serveSite((_request, response) => response.writeHead(404).end());
        const id = await accepted(ask({ url: site }));
        await ends(id, 'failed', world);
        expect((await view(id, world)).error).toMatchObject({ code: 'source_failed' });
      });

      it('in a private network is refused: by its looks at once, by its name when it is fetched', async () => {
        const strict = await start({ env: { ASR_ALLOW_PRIVATE_URLS: 'no' } });
        for (const url of [
          'http://127.0.0.1:1/x',
          'http://[::ffff:10.0.0.1]/',
          'http://0x7f.1/',
          'file:///etc/passwd',
          'http://me:pw@a.example/',
        ]) {
          expect(await failure(await ask({ url }, strict)), url).toMatchObject({
            code: 'address_refused',
            param: 'url',
          });
        }
        const id = await accepted(ask({ url: 'http://localhost:1/x' }, strict));
        await ends(id, 'failed', strict);
        expect((await view(id, strict)).error).toMatchObject({ code: 'address_refused' });
        expect(await failure(await ask({}, strict))).toMatchObject({ status: 400, param: 'url' });
        await strict.close();
      });
    });

    describe('a webhook', () => {
      it('is told of the end, signed as Standard Webhooks, and its delivery is seen', async () => {
        const came: { headers: Record<string, string>; body: string }[] = [];
        const site = await serveSite((request, response) => {
          let body = '';
          request.on('data', (chunk) => {
            body += chunk;
          });
          request.on('end', () => {
            came.push({ headers: request.headers as Record<string, string>, body });
            response.writeHead(204).end();
          });
        });
        const fields = { webhook_url: `${site}/hook?key=1`, webhook_secret: SECRET };
        const id = await accepted(world.post(['say one'], { fields }));
        await until(async () => (await view(id, world)).webhook === 'delivered');
        expect(came).toHaveLength(1);
        const [hook] = came;
        expect(new Webhook(SECRET).verify(hook?.body ?? '', hook?.headers ?? {})).toEqual({
          id,
          status: 'done',
        });
      });

      it('that says 4xx is not told again', async () => {
        const site = await serveSite((_request, response) => response.writeHead(410).end());
        const id = await accepted(
          world.post(['say one'], { fields: { webhook_url: site, webhook_secret: SECRET } }),
        );
        await until(async () => (await view(id, world)).webhook === 'given_up');
      });
    });
  });
}
