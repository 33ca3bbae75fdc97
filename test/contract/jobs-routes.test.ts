/** Jobs over HTTP against a listening server with its own store, over the fake service. */
import Value from 'typebox/value';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Stats } from '../../shared/protocol/http-jobs.ts';
import { FAKE_MODEL, script } from '../support/fake-service.ts';
import { until } from '../support/http-world.ts';
import { type JobsWorld, startJobs } from '../support/jobs-world.ts';
import { accepted, closeSites, ends, jobsContract, SECRET, serveSite } from './jobs-cases.ts';

jobsContract('in this process', startJobs);

let world: JobsWorld;
beforeAll(async () => {
  world = await startJobs();
});
afterAll(() => world.close());
afterEach(closeSites);

describe('the log', () => {
  it('has a line a job, with no text, address, key or whole id', async () => {
    const lines: string[] = [];
    const add = (line: object, message: string) => void lines.push(JSON.stringify([message, line]));
    const site = await serveSite((request, response) => {
      if (request.method === 'POST') response.writeHead(500).end();
      else response.end(script('say spoken'));
    });
    const logged = await startJobs({ parts: { log: { info: add, error: add } } });
    const body = { url: `${site}/?token=private`, webhook_url: `${site}/hook`, webhook_secret: SECRET };
    const answer = fetch(`${logged.url}/v1/jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'private' },
      body: JSON.stringify({ model: FAKE_MODEL, prompt: 'private', ...body }),
    });
    const id = await accepted(answer);
    await until(() => lines.some((line) => line.includes('webhook')));
    const failed = await accepted(logged.post(['fail not_media']));
    await ends(failed, 'failed', logged);
    const text = lines.join('\n');
    expect(text).toContain('"end":"done"');
    expect(text).toContain('"code":"not_media"');
    for (const secret of ['private', 'spoken', '127.0.0.1', 'whsec', id, failed])
      expect(text).not.toContain(secret);
    await logged.close();
  });
});

describe('the folder', () => {
  it('none: no jobs, and all else is there', async () => {
    const without = await startJobs({ env: { ASR_JOBS_DIR: 'none' } });
    expect((await without.post(['say x'])).status).toBe(404);
    expect((await without.get('/v1/stats')).status).toBe(200);
    expect(await (await without.get('/metrics')).text()).not.toContain('sotto_stored_jobs');
    const headers = { prefer: 'respond-async' };
    const direct = await without.post(['say x'], { path: '/v1/audio/transcriptions', headers });
    expect([direct.status, await direct.json()]).toEqual([200, expect.objectContaining({ text: 'x' })]);
    await without.close();
  });

  it('that cannot be written, or is another server’s, is named with what to do', async () => {
    const at = (folder: string) => startJobs({ env: { ASR_JOBS_DIR: folder } });
    await expect(at(`${world.folder}/web/index.html/jobs`)).rejects.toThrow(
      /^Jobs cannot be kept in .*ENOTDIR.*ASR_JOBS_DIR/,
    );
    await expect(at(`${world.folder}/jobs`)).rejects.toThrow(/^Another server uses the jobs/);
  });
});

describe('around', () => {
  it('health, readiness, metrics and stats say what is', async () => {
    const get = async (path: string) => (await world.get(path)).json();
    expect(await get('/health/live')).toEqual({ status: 'live' });
    expect(await get('/health/ready')).toMatchObject({ status: 'ready', canary_ms: 1 });
    expect(await get('/health')).toMatchObject({
      status: 'ok',
      engine: { model: FAKE_MODEL, device: 'cpu' },
    });
    const stats: unknown = await get('/v1/stats');
    expect(Value.Check(Stats, stats)).toBe(true);
    const metrics = await (await world.get('/metrics')).text();
    for (const line of [
      /^sotto_queue_depth 0$/m,
      /^sotto_jobs_total\{end="done"\} \d+$/m,
      /^sotto_wait_seconds_bucket/m,
      /^sotto_stored_jobs\{status="done"\} \d+$/m,
      /^sotto_event_loop_lag_seconds\{quantile="0.99"\} [\d.e-]+$/m,
    ]) {
      expect(metrics).toMatch(line);
    }
    const broken = await startJobs();
    broken.service.breakEngine({ code: 'engine_blocked', detail: '/secret/path' });
    const unready = await broken.get('/health/ready');
    expect(unready.status).toBe(503);
    expect(await unready.text()).toMatch(/engine_blocked(?!.*secret)/);
    await broken.close();
  });

  it('the description holds all of it', async () => {
    const { paths } = (await (await world.get('/openapi.json')).json()) as { paths: object };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/v1/jobs',
        '/v1/jobs/{id}',
        '/v1/jobs/{id}/events',
        '/v1/jobs/{id}/result',
        '/v1/stats',
        '/health',
        '/health/ready',
        '/health/live',
        '/metrics',
      ]),
    );
    const text = JSON.stringify(paths);
    expect(text).toContain('webhook_secret');
    const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(text).not.toContain('$ref');
    for (const [path, methods] of Object.entries(paths)) {
      if (path.includes('{id}')) expect(JSON.stringify(methods), path).toContain('"name":"id"');
    }
  });
});
