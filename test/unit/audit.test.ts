import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { judgeAudit } from '../audit/judge.ts';

/** What npm 11 printed: of a registry that knew of one advisory, and of one that has no such endpoint. */
const recorded = (name: string): unknown =>
  JSON.parse(readFileSync(`test/fixtures/audit/${name}.json`, 'utf8'));

describe('what npm says, judged', () => {
  test('what is found and not allowed is open; what is allowed and not found is stale', () => {
    const found = {
      advisory: 'GHSA-aaaa-bbbb-cccc',
      package: 'fflate',
      severity: 'high',
      title: 'something',
    };
    const judged = { name: 'judged', open: [], allowed: [], stale: [] };
    expect(judgeAudit(recorded('found'), [])).toEqual({ ...judged, open: [found] });
    const stale = { advisory: 'GHSA-0000-0000-0000', why: 'long ago' };
    const known = { advisory: found.advisory, why: 'we do not call it' };
    expect(judgeAudit(recorded('found'), [stale, known])).toEqual({
      ...judged,
      allowed: [found],
      stale: [stale],
    });
    expect(judgeAudit({ vulnerabilities: {} }, [])).toEqual(judged);
  });

  test('a package that is only reached through another is not counted again', () => {
    const report = recorded('found') as { vulnerabilities: Record<string, object> };
    const vulnerabilities = { ...report.vulnerabilities, docx: { name: 'docx', via: ['fflate'] } };
    expect(judgeAudit({ vulnerabilities }, [])).toMatchObject({ open: [{ package: 'fflate' }] });
  });

  test('a registry that does not answer is not a clean report', () => {
    expect(judgeAudit(recorded('no-endpoint'), [])).toEqual({
      name: 'unknown',
      why: expect.stringMatching(/^405 /),
    });
    expect(judgeAudit({ error: { summary: 'not found' } }, [])).toEqual({
      name: 'unknown',
      why: 'not found',
    });
    expect(judgeAudit({ message: 'no network' }, [])).toEqual({ name: 'unknown', why: 'no network' });
    expect(judgeAudit(undefined, [])).toMatchObject({ name: 'unknown' });
  });
});

/** `npm run audit` asking a registry that is here. */
async function auditAt(answer: (asked: Readonly<Record<string, string[]>>) => object | undefined) {
  const registry = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const found =
      request.method === 'POST' ? answer(JSON.parse(gunzipSync(Buffer.concat(parts)).toString())) : {};
    response.writeHead(found === undefined ? 405 : request.method === 'POST' ? 200 : 404);
    response.end(JSON.stringify(found ?? ''));
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
  const { port } = registry.address() as AddressInfo;
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/audit/main.ts'], {
    env: { ...process.env, npm_config_registry: `http://127.0.0.1:${port}/`, npm_config_fetch_retries: '0' },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const [code] = await once(child, 'close');
  registry.close();
  return { code, said };
}

test('npm run audit asks of what is installed for production, fails on what is open, and says when it cannot tell', async () => {
  let asked: Readonly<Record<string, string[]>> = {};
  const advisory = {
    ...{ id: 1, title: 'something', severity: 'high', vulnerable_versions: '>=0' },
    ...{ url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc', cwe: [], cvss: { score: 7.5 } },
  };
  const [open, unknown] = await Promise.all([
    auditAt((all) => {
      asked = all;
      return { fastify: [advisory] };
    }),
    auditAt(() => undefined),
  ]);
  expect(open.code, open.said).toBe(1);
  expect(open.said).toContain('fastify: high: something (GHSA-aaaa-bbbb-cccc)');
  expect(Object.keys(asked)).toEqual(expect.arrayContaining(['fastify', 'bullmq', 'ws']));
  expect(Object.keys(asked)).not.toContain('vitest');
  expect(unknown.code, unknown.said).toBe(2);
  expect(unknown.said).toContain('says nothing of vulnerabilities: 405');
}, 60_000);
