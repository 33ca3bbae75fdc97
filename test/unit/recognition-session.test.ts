/** Which events a recognition says, in which order: the cases of the Web Speech API, on scripted jobs. */
import { describe, expect, test } from 'vitest';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { JobSnapshot } from '../../web/client/transcriber.ts';
import { createSpeechSession, type Said, type SessionWishes } from '../../web/recognition/session.ts';
import { createFakeTranscriber } from '../support/fake-transcriber.ts';

const START = createFakeTranscriber('sotto-demo-en').transcribe({ kind: 'live', name: 'test' }).snapshot;

const segment = (id: number, text: string, avgLogprob = -0.1): Segment => ({
  ...{ id, text, avgLogprob, start: id, end: id + 1, tokens: [1, 2, 3] },
  ...{ noSpeechProb: 0, compressionRatio: 1 },
});

/** Runs the changes of a job through a session; gives what was said, texts of results in brackets. */
function say(wishes: Partial<SessionWishes>, ...changes: readonly Partial<JobSnapshot>[]) {
  const session = createSpeechSession({
    continuous: false,
    interimResults: false,
    asked: () => 'nothing',
    ...wishes,
  });
  let snapshot = START;
  const all = changes.flatMap((change) => {
    snapshot = { ...snapshot, ...change };
    return session.observe(snapshot);
  });
  return { session, said: all.map(told), all };
}

function told(said: Said): string {
  if (said.type === 'error') return `error ${said.error}`;
  if (said.type !== 'result') return said.type;
  const texts = said.results.map(({ transcript, isFinal }) => `${isFinal ? '' : '~'}[${transcript}]`);
  return `result ${said.resultIndex} ${texts.join('')}`;
}

const listening = { state: { name: 'listening' } } as const;
const finishing = { state: { name: 'finishing' } } as const;
const done = { state: { name: 'done' } } as const;
const begun = { speech: 'begun' } as const;
const partial = (committed: string, tentative = '') => ({ partial: { committed, tentative } });
const OPEN = ['start', 'audiostart', 'soundstart', 'speechstart'];
const CLOSE = ['speechend', 'soundend', 'audioend'];

describe('one utterance', () => {
  test('the whole order, with one final result after the sound', () => {
    const { said } = say(
      {},
      ...[listening, begun, partial('How'), { speech: 'paused' } as const, finishing],
      ...[{ segments: [segment(0, 'How are you?')], ...partial('') }, done],
    );
    expect(said).toEqual([...OPEN, ...CLOSE, 'result 0 [How are you?]', 'end']);
  });

  test('interim results come while it is said, each but once', () => {
    const { said } = say(
      { interimResults: true },
      ...[
        listening,
        begun,
        partial('How', ' or'),
        partial('How', ' or'),
        partial('How are', ' you'),
        finishing,
      ],
      ...[{ segments: [segment(0, 'How are you?')], ...partial('') }, done],
    );
    expect(said).toEqual([
      ...[...OPEN, 'result 0 ~[How or]', 'result 0 ~[How are you]', ...CLOSE],
      ...['result 0 ~[How are you?]', 'result 0 [How are you?]', 'end'],
    ]);
  });

  test('is satisfied by a pause that lasts, and not by one between sentences', () => {
    const at = (totalSeconds: number) => ({ progress: { ...START.progress, totalSeconds } });
    const paused = { speech: 'paused' } as const;
    const satisfied = (...changes: readonly Partial<JobSnapshot>[]) =>
      say({}, listening, at(1), begun, at(3), ...changes).session.satisfied;
    expect(satisfied()).toBe(false);
    expect(satisfied(paused, at(3.3))).toBe(false);
    expect(satisfied(paused, at(3.3), begun, at(5))).toBe(false);
    expect(satisfied(paused, at(3.3), begun, at(5), paused, at(5.5))).toBe(true);
    expect(satisfied(paused, at(3.5))).toBe(true);
    const { session } = say({ continuous: true }, listening, at(1), begun, paused, at(9));
    expect(session.satisfied).toBe(false);
  });

  test('a sound that is no speech is said as a sound', () => {
    const { said } = say({}, listening, { level: 0.01 }, { level: 0.1 }, finishing, done);
    expect(said).toEqual([
      'start',
      'audiostart',
      'soundstart',
      'soundend',
      'audioend',
      'error no-speech',
      'end',
    ]);
  });
});

describe('continuous', () => {
  test('each window is a final result; who joins them has the text', () => {
    const first = [segment(0, 'How are you?')];
    const second = [...first, segment(1, 'I am well.'), segment(2, 'Thanks.')];
    const { said } = say(
      { continuous: true, interimResults: true },
      ...[listening, begun, partial('How', ' are'), { segments: first, ...partial('') }],
      ...[partial('I'), { segments: second, ...partial('') }, finishing, done],
    );
    expect(said).toEqual([
      ...[...OPEN, 'result 0 ~[How are]', 'result 0 [How are you?]'],
      ...['result 1 [How are you?]~[ I]', 'result 1 [How are you?][ I am well. Thanks.]', ...CLOSE, 'end'],
    ]);
  });

  test('without interim results only final ones are said; text without spaces gets none', () => {
    const first = [segment(0, '你好。')];
    const { said } = say(
      { continuous: true },
      ...[listening, begun, partial('你'), { segments: first, ...partial('') }, partial('再')],
      { segments: [...first, segment(1, '再见。')], ...partial('') },
    );
    expect(said).toEqual([...OPEN, 'result 0 [你好。]', 'result 1 [你好。][再见。]']);
  });

  test('confidence is the geometric mean of the probabilities', () => {
    const { all } = say({ continuous: true }, listening, {
      segments: [segment(0, 'A', -0.5), segment(1, 'B', -0.1)],
    });
    const result = all.find(({ type }) => type === 'result');
    expect(result?.type === 'result' && result.results[0]?.confidence).toBeCloseTo(Math.exp(-0.3), 6);
  });
});

describe('ends', () => {
  test('nobody spoke: no-speech', () => {
    expect(say({}, listening, finishing, done).said).toEqual([
      ...['start', 'audiostart', 'audioend', 'error no-speech', 'end'],
    ]);
  });

  test('the page asked for an end: none is an error', () => {
    const asked = () => 'stop' as const;
    expect(say({ asked }, listening, finishing, done).said).toEqual([
      'start',
      'audiostart',
      'audioend',
      'end',
    ]);
    expect(say({ asked }, { state: { name: 'cancelled' } }).said).toEqual(['end']);
  });

  test('once it is aborted there are no results', () => {
    let asked: 'nothing' | 'abort' = 'nothing';
    const { session } = say({ continuous: true, asked: () => asked }, listening, begun);
    asked = 'abort';
    const late = { ...START, ...listening, ...begun, segments: [segment(0, 'Late.')] };
    expect(session.observe(late)).toEqual([]);
    const cancelled = session.observe({ ...late, state: { name: 'cancelled' } });
    expect(cancelled.map(told)).toEqual([...CLOSE, 'error aborted', 'end']);
  });

  test('something was said and no words came of it: nomatch', () => {
    expect(say({}, listening, begun, finishing, done).said).toEqual([...OPEN, ...CLOSE, 'nomatch', 'end']);
  });

  test('aborted in mid-speech: what was open is closed, then the error, then one end', () => {
    const { said, session } = say({}, listening, begun, { state: { name: 'cancelled' } });
    expect(said).toEqual([...OPEN, ...CLOSE, 'error aborted', 'end']);
    expect([session.fail('network', ''), session.observe({ ...START, ...done })]).toEqual([[], []]);
  });

  test.each([
    ['microphone_refused', 'not-allowed'],
    ['microphone_missing', 'audio-capture'],
    ['microphone_lost', 'audio-capture'],
    ['model_offline', 'network'],
    ['engine_exited', 'service-not-allowed'],
  ] as const)('%s is %s', (code, error) => {
    expect(say({}, { state: { name: 'failed', error: { code } } }).said).toEqual([`error ${error}`, 'end']);
  });

  test('failed while it listens', () => {
    const failed = { state: { name: 'failed', error: { code: 'microphone_lost' } } } as const;
    expect(say({}, listening, failed).said).toEqual([
      ...['start', 'audiostart', 'audioend', 'error audio-capture', 'end'],
    ]);
  });

  test('a full gate is an error, and nothing was begun', () => {
    const refused = { state: { name: 'refused', error: { code: 'queue_full' } } } as const;
    expect(say({}, refused).said).toEqual(['error service-not-allowed', 'end']);
  });
});
