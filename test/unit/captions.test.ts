import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversationOf, type Voice } from '../../shared/formats/conversation.ts';
import { mergeByTime } from '../../shared/transcript/merge-by-time.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import { type CaptionLine, linesOf, openLinesOf } from '../../web/app/captions/lines.ts';
import { lookFrom } from '../../web/app/captions/look.ts';
import { readingAt } from '../../web/app/captions/scroll.ts';
import { createSession } from '../../web/app/captions/session.ts';
import type { Side, Sound } from '../../web/app/captions/sound.ts';
import { typedNamesFrom } from '../../web/app/captions/speakers.ts';
import { createFakeTranscriber } from '../support/fake-transcriber.ts';

const FIGURES = { tokens: [], avgLogprob: 0, noSpeechProb: 0, compressionRatio: 1 };
const said = (id: number, start: number, text: string): Segment => ({
  id,
  start,
  end: start + 1,
  text,
  ...FIGURES,
});

describe('lists that are merged by time', () => {
  const item = fc.record({ time: fc.integer({ min: 0, max: 20 }), name: fc.integer() });
  const list = fc.array(item, { maxLength: 12 });

  it('hold everything once, keep each list’s order, and are in order of time where the lists are', () => {
    fc.assert(
      fc.property(fc.array(list, { maxLength: 4 }), fc.boolean(), (given, inOrder) => {
        const tagged = given.map((items, of) =>
          (inOrder ? items.toSorted((a, b) => a.time - b.time) : items).map((one) => ({ ...one, of })),
        );
        const merged = mergeByTime(tagged, ({ time }) => time);
        expect(merged).toHaveLength(tagged.flat().length);
        for (const [of, items] of tagged.entries()) {
          expect(merged.filter((one) => one.of === of)).toEqual(items);
        }
        if (!inOrder) return;
        for (const [index, { time, of }] of merged.entries()) {
          const before = merged[index - 1];
          if (before === undefined) continue;
          expect(before.time).toBeLessThanOrEqual(time);
          if (before.time === time) expect(before.of).toBeLessThanOrEqual(of);
        }
      }),
    );
  });

  it('grow without changing what was there, where each list grows at its end', () => {
    fc.assert(
      fc.property(list, list, item, (mine, theirs, fresh) => {
        const sorted = [mine, theirs].map((items) => items.toSorted((a, b) => a.time - b.time));
        const [first = [], second = []] = sorted;
        const later = [...first, { ...fresh, time: fresh.time + 20 }];
        const before = mergeByTime([first, second], ({ time }) => time);
        const after = mergeByTime([later, second], ({ time }) => time);
        expect(after.filter((one) => one !== later.at(-1))).toEqual(before);
      }),
    );
  });
});

describe('a conversation', () => {
  const voice = (speaker: string, begunAt: number | undefined, part: Partial<Voice> = {}): Voice => ({
    speaker,
    begunAt,
    segments: [],
    notes: [],
    duration: 10,
    language: 'en',
    model: 'm',
    ...part,
  });

  it('of two recordings has one time and names who speaks', () => {
    const words = [{ text: ' Yes', start: 1, end: 1.5, probability: 1 }];
    const text = conversationOf('Call', [
      voice('Ann', 5000, {
        segments: [said(0, 0, 'Hello?'), said(1, 6, 'Good.')],
        notes: [{ at: 7, text: 'n' }],
      }),
      voice('Ben', 7500, { segments: [{ ...said(0, 1, 'Yes'), words }], notes: [{ at: 1, text: 'm' }] }),
    ]);
    expect(text.segments.map(({ id, start, speaker, text: words }) => [id, start, speaker, words])).toEqual([
      [0, 0, 'Ann', 'Hello?'],
      [1, 3.5, 'Ben', 'Yes'],
      [2, 6, 'Ann', 'Good.'],
    ]);
    expect(text.segments[1]?.words?.[0]).toMatchObject({ start: 3.5, end: 4 });
    expect(text.notes).toEqual([
      { at: 3.5, text: 'm' },
      { at: 7, text: 'n' },
    ]);
    expect(text).toMatchObject({ title: 'Call', duration: 12.5, language: 'en', model: 'm' });
  });

  it('of one voice, in one recording or two after each other, names nobody', () => {
    const one = voice('Ann', undefined, { segments: [said(0, 2, 'Alone.')] });
    expect(conversationOf('', [one]).segments).toEqual([said(0, 2, 'Alone.')]);
    const again = voice('Ann', 60_000, { segments: [said(0, 2, 'Again.')] });
    const { segments } = conversationOf('', [{ ...one, begunAt: 0 }, again]);
    expect(segments.map(({ start, speaker }) => [start, speaker])).toEqual([
      [2, undefined],
      [62, undefined],
    ]);
  });
});

function world() {
  const transcriber = createFakeTranscriber('m');
  const kept: { job: string; at: number; text: string }[] = [];
  let time = 1_000_000;
  const session = createSession({
    id: 's',
    now: () => time,
    start: (side, { stream }) => transcriber.transcribe({ kind: 'live', stream, name: side }),
    keepNote: (job, { at, text }) => kept.push({ job: job.id, at, text }),
  });
  const sounds: { side: Side; muted: boolean; open: boolean; lose(): void }[] = [];
  const add = (side: Side) => {
    const state = { side, muted: false, open: true, lose: () => {} };
    const sound: Sound = {
      stream: {} as MediaStream,
      lost: new Promise((resolve) => {
        state.lose = resolve;
      }),
      mute: (muted) => {
        state.muted = muted;
      },
      close: () => {
        state.open = false;
      },
    };
    sounds.push(state);
    session.add(side, sound);
    return transcriber.jobs.at(-1)!;
  };
  const pass = (seconds: number) => {
    time += seconds * 1000;
  };
  return { session, add, sounds, kept, pass };
}

const texts = (lines: readonly CaptionLine[]) =>
  lines.map((line) => ('text' in line ? line.text : `${line.kind} ${line.until ?? 'on'}`));

describe('a session of captions', () => {
  it('shows two speakers, notes and pauses in order of time, and what is open after them', () => {
    const { session, add, kept, pass } = world();
    const you = add('you');
    const others = add('others');
    you.change({ state: { name: 'listening' }, begunAt: 1_000_500, segments: [said(0, 0, 'Hello?')] });
    others.change({
      state: { name: 'listening' },
      begunAt: 1_002_500,
      segments: [said(0, 0, 'Yes.'), said(1, 40, 'Good.')],
      partial: { committed: 'And', tentative: 'now' },
    });
    pass(10.5);
    session.note('  a word ');
    session.note('  ');
    session.pause();
    pass(5);
    session.resume();
    you.change({ segments: [said(0, 0, 'Hello?'), said(1, 20, 'Back.')] });
    const lines = linesOf(session);
    expect(texts(lines)).toEqual(['Hello?', 'Yes.', 'a word', 'pause 15', 'Back.', 'Good.']);
    expect(lines.map(({ at }) => at)).toEqual([0, 2, 10, 10, 20, 42]);
    expect(lines.map((line) => line.kind === 'said' && line.head)).toEqual([
      true,
      true,
      false,
      false,
      true,
      true,
    ]);
    expect(openLinesOf(session)).toMatchObject([{ side: 'others', committed: 'And', tentative: 'now' }]);
    expect(kept, 'in the first recording’s own time').toEqual([{ job: you.id, at: 10, text: 'a word' }]);
  });

  it('keeps every word and every note, whatever comes when', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('say' as const), who: fc.constantFrom(0, 1), gap: fc.nat(9) }),
      fc.constant({ kind: 'note' as const }),
      fc.constant({ kind: 'pause' as const }),
      fc.constant({ kind: 'resume' as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { session, add, pass } = world();
        const jobs = [add('you'), add('others')];
        const counts = { words: 0, notes: 0, pauses: 0 };
        for (const one of steps) {
          pass(1);
          if (one.kind === 'note') {
            session.note(`note ${counts.notes}`);
            counts.notes += 1;
          } else if (one.kind === 'say') {
            const job = jobs[one.who]!;
            const { segments } = job.snapshot;
            const start = (segments.at(-1)?.start ?? 0) + one.gap;
            job.change({ segments: [...segments, said(segments.length, start, 'word')] });
            counts.words += 1;
          } else {
            if (one.kind === 'pause' && session.phase === 'listening') counts.pauses += 1;
            session[one.kind]();
          }
        }
        const lines = linesOf(session);
        const count = (kind: CaptionLine['kind']) => lines.filter((line) => line.kind === kind).length;
        expect([count('said'), count('note'), count('pause')]).toEqual([
          counts.words,
          counts.notes,
          counts.pauses,
        ]);
        expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length);
        expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted((a, b) => a - b));
      }),
    );
  });

  it('pauses what it hears and what it hears later, and lets go of everything at its end', async () => {
    const { session, add, sounds } = world();
    const you = add('you');
    you.change({ state: { name: 'listening' } });
    session.pause();
    const others = add('others');
    others.change({ state: { name: 'preparing' } });
    expect(sounds.map(({ muted }) => muted)).toEqual([true, true]);
    session.resume();
    expect(sounds.map(({ muted }) => muted)).toEqual([false, false]);
    session.stop();
    expect(session.phase).toBe('finishing');
    expect([you.asked, others.asked], 'what does not listen yet has no last words').toEqual([
      ['stop'],
      ['cancel'],
    ]);
    session.pause();
    expect(session.phase, 'it is over').toBe('finishing');
    you.change({ state: { name: 'done' } });
    await expect.poll(() => session.phase).toBe('ended');
    expect(sounds.map(({ open }) => open)).toEqual([false, false]);
  });

  it('goes on with the other one when one is taken away, and can hear it again', async () => {
    const { session, add, sounds } = world();
    const you = add('you');
    const others = add('others');
    for (const job of [you, others]) job.change({ state: { name: 'listening' } });
    sounds[1]?.lose();
    await expect.poll(() => session.tracks.map(({ sound }) => sound)).toEqual(['open', 'lost']);
    expect(others.asked).toEqual(['stop']);
    others.change({ state: { name: 'done' } });
    expect([session.hears('you'), session.hears('others')]).toEqual([true, false]);
    expect(session.phase).toBe('listening');
    const again = add('others');
    expect(session.hears('others')).toBe(true);
    for (const job of [you, again]) job.change({ state: { name: 'done' } });
    await expect.poll(() => session.phase).toBe('ended');
    expect(session.tracks.map(({ sound }) => sound)).toEqual(['closed', 'lost', 'closed']);
  });
});

it('follows the newest as long as the end is in view', () => {
  const at = (scrollTop: number) => readingAt({ scrollTop, scrollHeight: 1000, clientHeight: 400 });
  expect([at(600), at(580), at(500), at(0)]).toEqual(['newest', 'newest', 'back', 'back']);
  expect(readingAt({ scrollTop: 0, scrollHeight: 100, clientHeight: 400 })).toBe('newest');
});

it('takes what an older version stored for what it is', () => {
  const standard = { size: 2, scheme: 'page', readAloud: 'on' };
  for (const nonsense of [null, 7, 'x', { size: 99, scheme: 'pink', readAloud: 1 }, { size: 1.5 }]) {
    expect(lookFrom(nonsense)).toEqual(standard);
  }
  const chosen = { size: 5, scheme: 'yellow-on-black', readAloud: 'off' } as const;
  expect(lookFrom(chosen)).toEqual(chosen);
  expect(typedNamesFrom({ you: ' Ann ', others: 5 })).toEqual({ you: 'Ann', others: '' });
});
