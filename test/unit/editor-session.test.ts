/** An open recording and the library that keeps it: what is written when, and who may write. */
import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { split, withText } from '../../shared/edit/change-lines.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import { EditorSession } from '../../web/app/recording/editor-session.ts';
import { createEditLock } from '../../web/library/edit-lock.ts';
import { openIndex } from '../../web/library/index-store.ts';
import { createLibrary } from '../../web/library/library.ts';
import type { Library } from '../../web/library/library-port.ts';
import type { IndexStore } from '../../web/library/port.ts';
import { createFakeLocks } from '../support/fake-locks.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const segment = (id: number, text: string): Segment => ({
  id,
  start: 2 * id,
  end: 2 * id + 1.5,
  text,
  tokens: [],
  avgLogprob: 0,
  noSpeechProb: 0,
  compressionRatio: 1,
});
const RECORDING = {
  id: 'a',
  name: 'Talk',
  kind: 'file',
  createdAt: 1,
  seconds: 4,
  bytes: 0,
  sound: 'none',
} as const;

describe('an open recording', () => {
  let index: IndexStore;
  let locks: LockManager;
  let databases = 0;
  beforeEach(async () => {
    databases += 1;
    locks = createFakeLocks();
    index = await openIndex(`sessions-${databases}`);
    const journal = { id: 'a', model: 'm', options: {}, language: 'en', readUntil: 0, segments: 0 };
    await index.begin({ ...RECORDING, state: 'done' }, journal);
    await index.append('a', [segment(0, 'one two'), segment(1, 'three')], { language: 'en' });
  });

  /** As a tab has it. */
  const tab = (): Library =>
    createLibrary({
      index,
      sounds: undefined,
      claims: { take: async () => () => undefined },
      editing: createEditLock(locks),
      clock: createVirtualClock(),
      wall: () => 1,
    });

  async function opened(library: Library): Promise<EditorSession> {
    const session = new EditorSession(library, 'a', () => undefined);
    await session.open();
    await expect.poll(() => session.access).toBe('open');
    return session;
  }
  const texts = ({ document }: Pick<EditorSession, 'document'>) => document.segments.map(({ text }) => text);
  const write = (session: EditorSession, text: string) => session.apply(withText(session.document, 0, text));

  it('writes what is changed, and what is changed or taken back meanwhile', async () => {
    const session = await opened(tab());
    write(session, 'first');
    expect(session.keeping).toBe('unsaved');
    await expect.poll(() => session.keeping).toBe('saved'); // by itself
    write(session, 'second');
    const writing = session.flush();
    write(session, 'third');
    await writing;
    expect(session.keeping).toBe('saved');
    expect(texts(await tab().document('a'))).toEqual(['third', 'three']);
    session.undo();
    session.redo();
    await session.flush();
    expect(session.keeping, 'nothing is left to write').toBe('saved');
    session.apply(split(session.document, 0, 2));
    await session.close();
    expect(texts(await tab().document('a')), 'nothing is lost when it is left').toEqual([
      'th',
      'ird',
      'three',
    ]);
  });

  it('is told of newer text, and writes no more over it', async () => {
    const session = await opened(tab());
    const other = tab();
    const there = await other.document('a');
    await other.saveDocument('a', withText(there.document, 1, 'newer'), there);
    write(session, 'mine');
    await session.flush();
    expect(session.keeping).toBe('stale');
    write(session, 'mine again');
    await session.flush();
    expect(texts(await tab().document('a'))).toEqual(['one two', 'newer']);
    await session.reload();
    expect([session.keeping, texts(session)]).toEqual(['saved', ['one two', 'newer']]);
    write(session, 'mine');
    await session.flush();
    expect(texts(await tab().document('a'))).toEqual(['mine', 'newer']);
  });

  it('says when there is no room, and tries again with the next change', async () => {
    const library = tab();
    let room = false;
    const small: Library = {
      ...library,
      trouble: undefined,
      saveDocument: async (...what) => {
        if (!room) throw new DOMException('full', 'QuotaExceededError');
        return library.saveDocument(...what);
      },
    };
    const session = await opened(small);
    write(session, 'first');
    await session.flush();
    expect(session.keeping).toBe('full');
    room = true;
    write(session, 'second');
    await session.flush();
    expect(session.keeping).toBe('saved');
    expect(texts(await tab().document('a'))).toEqual(['second', 'three']);
  });

  it('is read only while it is being read, and opens when that has ended', async () => {
    await index.change('a', { state: 'reading' });
    const library = tab();
    const session = new EditorSession(library, 'a', () => undefined);
    await session.open();
    expect(session.access).toBe('unread');
    write(session, 'too early');
    expect(texts(session)).toEqual(['one two', 'three']);
    await index.append('a', [segment(2, 'four')], { language: 'en' });
    await index.change('a', { state: 'done' });
    await library.rename('a', 'Named'); // which tells of a change
    await expect.poll(() => session.access).toBe('open');
    expect(texts(session)).toEqual(['one two', 'three', 'four']);
    await index.remove('a');
    await library.rename('a', 'Gone');
    await expect.poll(() => session.access).toBe('missing');
  });
});
