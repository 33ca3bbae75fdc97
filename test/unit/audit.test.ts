import { expect, test } from 'vitest';
import { judgeAudit } from '../audit/judge.ts';

const advisory = (id: string, name: string) => ({
  source: 1,
  name,
  severity: 'high',
  title: `something in ${name}`,
  url: `https://github.com/advisories/${id}`,
});
const REPORT = {
  auditReportVersion: 2,
  vulnerabilities: {
    inner: { via: [advisory('GHSA-aaaa-bbbb-cccc', 'inner'), advisory('GHSA-dddd-eeee-ffff', 'inner')] },
    outer: { via: ['inner'] },
  },
};

test('what is found and not allowed is open; what is allowed and not found is stale', () => {
  const list = [
    { advisory: 'GHSA-dddd-eeee-ffff', why: 'we do not call it' },
    { advisory: 'GHSA-0000-0000-0000', why: 'long ago' },
  ];
  expect(judgeAudit(REPORT, list)).toMatchObject({
    name: 'judged',
    open: [{ advisory: 'GHSA-aaaa-bbbb-cccc', package: 'inner', severity: 'high' }],
    allowed: [{ advisory: 'GHSA-dddd-eeee-ffff' }],
    stale: [{ advisory: 'GHSA-0000-0000-0000' }],
  });
  expect(judgeAudit({ vulnerabilities: {} }, [])).toMatchObject({ open: [], allowed: [], stale: [] });
});

test('a registry that does not answer is not a clean report', () => {
  expect(judgeAudit({ error: { summary: 'not found' } }, [])).toEqual({ name: 'unknown', why: 'not found' });
  expect(judgeAudit({ message: 'no network' }, [])).toEqual({ name: 'unknown', why: 'no network' });
  expect(judgeAudit(undefined, [])).toMatchObject({ name: 'unknown' });
});
