import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { type Book, emptyBook, isEmptyForever, MOST_LINES, noted, PAUSE_MS } from '../../web/sent/book.ts';
import { openSentLog } from '../../web/sent/log.ts';

const sound = (host: string, windows: number, seconds: number) =>
  ({ kind: 'sound', host, windows, seconds }) as const;
const first = emptyBook(1_000, 'first');

describe('the notebook', () => {
  it('joins what goes to one host without a long pause, and begins anew after it', () => {
    let book = noted(first, sound('a', 0, 0), 1_000);
    book = noted(book, sound('a', 1, 2.5), 2_000);
    book = noted(book, sound('b', 1, 1), 3_000);
    book = noted(book, sound('a', 1, 4), 2_000 + PAUSE_MS);
    book = noted(book, sound('a', 1, 8), 2_000 + 2 * PAUSE_MS + 1);
    expect(book.lines).toEqual([
      { kind: 'sound', host: 'a', from: 1_000, to: 2_000 + PAUSE_MS, windows: 2, seconds: 6.5 },
      { kind: 'sound', host: 'b', from: 3_000, to: 3_000, windows: 1, seconds: 1 },
      expect.objectContaining({ host: 'a', windows: 1, seconds: 8 }),
    ]);
  });

  it('keeps models apart, and adds up requests and bytes', () => {
    const asked = { kind: 'model', host: 'hub', model: 'a', requests: 1, bytes: 0 } as const;
    let book = noted(first, asked, 0);
    book = noted(book, { ...asked, model: 'b' }, 1);
    book = noted(book, { ...asked, requests: 0, bytes: 70 }, 2);
    expect(book.lines).toEqual([
      { kind: 'model', host: 'hub', model: 'a', from: 0, to: 2, requests: 1, bytes: 70 },
      { kind: 'model', host: 'hub', model: 'b', from: 1, to: 1, requests: 1, bytes: 0 },
    ]);
  });

  it('writes addresses without what may be secret, and none that ask nobody', () => {
    const given = (url: string) => noted(first, { kind: 'address', url }, 5).lines;
    expect(given('https://user:pass@example.org/talk.mp3?key=secret#t=3')).toEqual([
      { kind: 'address', host: 'example.org', url: 'https://example.org/talk.mp3', from: 5, to: 5, times: 1 },
    ]);
    expect(given('blob:https://example.org/1234')).toEqual([]);
    expect(given('data:audio/wav;base64,AAAA')).toEqual([]);
    expect(given('nonsense')).toEqual([]);
  });

  it('is bounded, and says how much it let go', () => {
    let book: Book = first;
    for (let at = 0; at < MOST_LINES + 7; at += 1) book = noted(book, sound(`host-${at}`, 1, 1), at);
    expect(book.lines).toHaveLength(MOST_LINES);
    expect(book.lines[0]?.host).toBe('host-7');
    expect(book.dropped).toBe(7);
  });

  it('says that nothing was ever sent only where that is known', () => {
    expect(isEmptyForever(first)).toBe(true);
    expect(isEmptyForever(emptyBook(1_000, 'later'))).toBe(false);
    expect(isEmptyForever(noted(first, sound('a', 0, 0), 2_000))).toBe(false);
    expect(isEmptyForever({ ...first, dropped: 1 })).toBe(false);
  });
});

describe('the notebook on the device', () => {
  const open = (name: string, firstVisit = true) =>
    openSentLog(
      () => 42,
      async () => firstVisit,
      name,
    );

  it('is there again, and two pages write into one', async () => {
    const [one, other] = [open('shared'), open('shared')];
    await Promise.all([
      one.note(sound('a', 1, 2), 100),
      other.note(sound('a', 1, 3), 101),
      one.note(sound('b', 1, 1), 102),
    ]);
    const book = await open('shared').read();
    expect(book).toMatchObject({ since: 42, begun: 'first' });
    expect(book.lines).toEqual([
      { kind: 'sound', host: 'a', from: 100, to: 101, windows: 2, seconds: 5 },
      { kind: 'sound', host: 'b', from: 102, to: 102, windows: 1, seconds: 1 },
    ]);
    expect(one.lasts).toBe(true);
  });

  it('once cleared does not say that nothing was ever sent', async () => {
    const log = open('cleared');
    let told = 0;
    log.subscribe(() => {
      told += 1;
    });
    expect(isEmptyForever(await log.read())).toBe(true);
    await log.note(sound('a', 1, 2), 100);
    await log.clear();
    expect(await log.read()).toMatchObject({ lines: [], begun: 'later' });
    expect(told).toBe(2);
  });

  it('of a browser that had an earlier version does not either', async () => {
    expect(isEmptyForever(await open('earlier', false).read())).toBe(false);
  });

  it('holds for the visit where nothing can be kept, and says so', async () => {
    const { open: real } = indexedDB;
    indexedDB.open = () => {
      throw new DOMException('not here', 'SecurityError');
    };
    try {
      const log = open('refused');
      await log.note(sound('a', 1, 2), 100);
      expect((await log.read()).lines).toHaveLength(1);
      expect(log.lasts).toBe(false);
      expect(isEmptyForever(await log.read())).toBe(false);
    } finally {
      indexedDB.open = real;
    }
  });
});
