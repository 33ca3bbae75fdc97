import { describe, expect, it } from 'vitest';
import { judge } from '../chaos/outcome.ts';
import { recordings, variant } from '../chaos/recordings.ts';
import { chaosFigures, chaosLines } from '../chaos/report.ts';
import { runChaos } from '../chaos/run.ts';
import { type Blow, blows } from '../chaos/strikes.ts';
import { SERVER } from '../support/programs.ts';
import { createRandom } from '../support/random.ts';

const EXPECTED = ['One.', 'Two.', 'Two.'];
const text = (segments: readonly string[], warnings: readonly string[] = []) =>
  judge({ name: 'text', segments, warnings }, EXPECTED).name;
const error = (status: number, code: string | null) =>
  judge({ name: 'error', status, code, retryMs: 0 }, EXPECTED).name;

describe('how a request is judged', () => {
  it('a text is right, lost or doubled; what an answer says is missing may be missing', () => {
    expect(text(EXPECTED)).toBe('right');
    expect(text(['One.', 'One.', 'Two.', 'Two.'])).toBe('doubled');
    expect(text(['One.', 'Two.'])).toBe('lost');
    expect(text(['One.', 'Three.', 'Two.'])).toBe('lost');
    expect(text(['One.'], ['poison'])).toBe('defined');
    expect(text(['Three.'], ['poison'])).toBe('lost');
  });

  it('an error is defined when it says what to do; no answer is none', () => {
    expect(error(503, 'engine_exited')).toBe('defined');
    expect(error(422, 'poison')).toBe('defined');
    expect(error(500, 'internal')).toBe('lost');
    expect(error(502, null)).toBe('lost');
    expect(judge({ name: 'nothing' }, EXPECTED).name).toBe('hung');
    expect(judge({ name: 'broken', why: 'reset' }, EXPECTED).name).toBe('lost');
  });

  it('the same seed deals the same blows, and each request has a file of its own', () => {
    expect(blows(20, createRandom(7))).toEqual(blows(20, createRandom(7)));
    expect(blows(20, createRandom(7))).not.toEqual(blows(20, createRandom(8)));
    const [first] = recordings();
    if (first === undefined) throw new Error('no recordings');
    const files = [0, 1, 2].map((number) => variant(first, number).toString('base64'));
    expect(new Set(files).size).toBe(3);
  });
});

const DECK: readonly Blow[] = [
  { role: 'engine', signal: 'SIGKILL' },
  { role: 'spare', signal: 'SIGKILL' },
  { role: 'engine', signal: 'SIGKILL' },
  { role: 'decoder', signal: 'SIGKILL' },
  { role: 'engine', signal: 'SIGSTOP' },
  { role: 'spare', signal: 'SIGSTOP' },
];

it('processes that are killed and stopped under load lose nothing and say nothing twice', async () => {
  const report = await runChaos({ kills: DECK.length, seed: 4, node: SERVER, deck: DECK });
  expect(chaosFigures(report), chaosLines(report).join('\n')).toMatchObject({
    kills: DECK.length,
    lost: 0,
    doubled: 0,
    hung: 0,
  });
  expect(report.problems).toEqual([]);
  expect(report.outcomes.filter(({ name }) => name === 'right').length).toBeGreaterThan(DECK.length);
}, 180_000);
