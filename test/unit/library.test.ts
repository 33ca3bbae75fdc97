import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { readWav } from '../../shared/audio/wav.ts';
import { withText } from '../../shared/edit/change-lines.ts';
import { spokenSegments } from '../../shared/edit/document.ts';
import { assigned, withSpeaker } from '../../shared/edit/speakers.ts';
import type { SpeechWindow } from '../../shared/speech/window.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import { keptText } from '../../web/app/kept-conversation.ts';
import { rowsOf, sorted } from '../../web/app/library-list.ts';
import { unreadWindows } from '../../web/client/resume.ts';
import type { Source } from '../../web/client/transcriber.ts';
import { type Kept, packed, unpacked } from '../../web/library/archive.ts';
import { createEditLock } from '../../web/library/edit-lock.ts';
import { openIndex } from '../../web/library/index-store.ts';
import { createLibrary, UNDO_MS } from '../../web/library/library.ts';
import type { IndexStore, Recording } from '../../web/library/port.ts';
import type { SoundStore } from '../../web/library/sound-store.ts';
import { captureFrom } from '../../web/library/unread-sound.ts';
import { writeArchive } from '../../web/library/worker/archive-writer.ts';
import { createWavWriter, repairWav, type SoundFile } from '../../web/library/worker/wav-writer.ts';
import { readZip } from '../../web/library/zip-reader.ts';
import { createFakeLocks } from '../support/fake-locks.ts';
import { createFakeTranscriber, type FakeJob } from '../support/fake-transcriber.ts';
import { createVirtualClock } from '../support/virtual-clock.ts';

const FIGURES = { tokens: [], avgLogprob: 0, noSpeechProb: 0, compressionRatio: 1 };
const segment = (id: number, text: string): Segment => ({
  id,
  start: 2 * id,
  end: 2 * id + 1.5,
  text,
  ...FIGURES,
});

interface MemoryFile extends SoundFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** what would be there after a crash */
  readonly flushed: number;
}

/** A file of a device that has room for `room` bytes. */
function memoryFile(room = Number.POSITIVE_INFINITY): MemoryFile {
  let bytes = new Uint8Array(0);
  let flushed = 0;
  return {
    get bytes() {
      return bytes;
    },
    get flushed() {
      return flushed;
    },
    write(added, { at }) {
      const taken = Math.max(0, Math.min(added.length, room - at));
      const next = new Uint8Array(Math.max(bytes.length, at + taken));
      next.set(bytes);
      next.set(added.subarray(0, taken), at);
      bytes = next;
      return taken;
    },
    truncate(size) {
      bytes = bytes.slice(0, size);
    },
    getSize: () => bytes.length,
    flush() {
      flushed = bytes.length;
    },
  };
}

describe('sound that is written while it is captured', () => {
  it('is on the device up to less than a second, and whole once its header is repaired', () => {
    const file = memoryFile();
    const writer = createWavWriter(file, 48_000);
    let pushed = 0;
    for (let chunk = 0; chunk < 100; chunk += 1) {
      writer.push(Float32Array.from({ length: 2048 }, (_, i) => Math.sin((pushed + i) / 20) / 2));
      pushed += 2048;
      const onDisk = (file.flushed - 44) / 2 / SAMPLE_RATE;
      expect(pushed / 48_000 - onDisk).toBeLessThan(1);
    }
    expect(readWav(file.bytes).samples.length, 'the header does not know of it yet').toBe(0);
    file.truncate(file.flushed - 1); // a crash in the middle of a frame
    repairWav(file);
    const { sampleRate, samples } = readWav(file.bytes);
    expect(sampleRate).toBe(SAMPLE_RATE);
    expect(samples.length / SAMPLE_RATE).toBeGreaterThan(pushed / 48_000 - 1);
    expect(Math.max(...samples)).toBeCloseTo(0.5, 1);
  });

  it('says so when the device is full', () => {
    const writer = createWavWriter(memoryFile(10_000), SAMPLE_RATE);
    expect(() => writer.push(new Float32Array(20_000))).toThrow(
      expect.objectContaining({ name: 'QuotaExceededError' }),
    );
  });

  it('is read on from where its text ends, as a file of its own', async () => {
    const file = memoryFile();
    const writer = createWavWriter(file, SAMPLE_RATE);
    writer.push(Float32Array.from({ length: 3 * SAMPLE_RATE }, (_, i) => i / (4 * SAMPLE_RATE)));
    writer.finish();
    const rest = captureFrom(new Blob([file.bytes]), 2);
    const { samples } = readWav(new Uint8Array(await rest!.arrayBuffer()));
    expect(samples.length).toBeCloseTo(SAMPLE_RATE, -2);
    expect(samples[0]).toBeCloseTo(0.5, 2);
    expect(captureFrom(new Blob([file.bytes]), 3.5)).toBeUndefined();
  });
});

it('windows that have final text are passed over, and times are those of the whole', async () => {
  const window = (index: number, start: number): SpeechWindow => ({
    index,
    samples: new Float32Array(0),
    start,
    end: start + 2,
    speechStart: start + 0.1,
    speechEnd: start + 1.9,
  });
  async function* windows() {
    yield* [window(0, 0), window(1, 2), window(2, 4)];
  }
  const left = async (segments: readonly Segment[], at: number): Promise<number[]> => {
    const starts: number[] = [];
    for await (const { start } of unreadWindows(windows(), { segments, at })) starts.push(start);
    return starts;
  };
  const until = (end: number) => [{ ...segment(0, 'a'), end }];
  expect(await left([], 0)).toEqual([0, 2, 4]);
  expect(await left(until(1.9), 0)).toEqual([2, 4]);
  expect(await left(until(3), 0), 'half of it has text').toEqual([2, 4]);
  expect(await left(until(100), 100)).toEqual([100, 102, 104]);
});

describe('the library', () => {
  let index: IndexStore;
  let databases = 0;
  beforeEach(async () => {
    databases += 1;
    index = await openIndex(`library-${databases}`);
  });
  afterEach(() => index.close());

  const held = new Set<string>();
  const world = (sounds?: SoundStore) => {
    const clock = createVirtualClock();
    const library = createLibrary({
      index,
      sounds,
      claims: {
        async take(id) {
          if (held.has(id)) return undefined;
          held.add(id);
          return () => held.delete(id);
        },
      },
      editing: createEditLock(createFakeLocks()),
      clock,
      wall: () => 1000,
    });
    const transcriber = createFakeTranscriber('m');
    const start = (source: Source) => {
      const keeping = library.keep(source);
      const job = transcriber.transcribe(source) as FakeJob;
      keeping.follow(job, { language: 'de', terms: ['Sotto'] });
      return job;
    };
    return { clock, library, transcriber, start };
  };
  const url: Source = { kind: 'url', url: 'https://example.org/a.mp3', name: 'a.mp3' };

  it('writes text down as it becomes final; a later visit goes on after it', async () => {
    const { library, start } = world();
    const job = start(url);
    job.change({ state: { name: 'reading' }, language: 'de' });
    job.change({ segments: [segment(0, 'one')] });
    job.change({ segments: [segment(0, 'one'), segment(1, 'two')] });
    await expect.poll(() => index.segments(job.snapshot.id).then(() => library.list())).toHaveLength(1);
    const [{ id } = { id: '' }] = await library.list();
    await expect.poll(() => index.journal(id)).toMatchObject({ readUntil: 3.5, segments: 2, language: 'de' });

    expect(await world().library.recover(), 'somebody is at it').toEqual([]);
    held.clear(); // the tab is closed
    const later = world();
    expect(await later.library.recover()).toEqual([id]);
    const unfinished = await later.library.resume(id);
    expect(unfinished?.source).toEqual(url);
    expect(unfinished?.options).toMatchObject({ model: 'm', language: 'de', terms: ['Sotto'] });
    expect(unfinished?.options.resume).toEqual({ at: 0, segments: [segment(0, 'one'), segment(1, 'two')] });
    expect(await later.library.resume(id), 'twice').toBeUndefined();
    const rest = later.transcriber.transcribe(url) as FakeJob;
    unfinished?.follow(rest);
    rest.change({ state: { name: 'reading' }, segments: [0, 1, 2].map((n) => segment(n, `t${n}`)) });
    rest.change({ state: { name: 'done' } });
    await expect.poll(() => index.find(id)).toMatchObject({ state: 'done' });
    expect((await library.segments(id)).map(({ text }) => text)).toEqual(['one', 'two', 't2']);
    await expect.poll(() => held.size).toBe(0);
  });

  it('finds text in all of them, without case', async () => {
    const { library, start } = world();
    const job = start(url);
    job.change({ state: { name: 'reading' }, segments: [segment(0, 'Grüße aus Köln'), segment(1, 'other')] });
    await expect.poll(() => library.search('KÖLN')).toMatchObject([{ segment: { id: 0 } }]);
    expect(await library.search(' ')).toEqual([]);
    job.change({ state: { name: 'cancelled' } });
  });

  it('deletes, takes it back, and lets go for good when the time is over', async () => {
    const { library, start, clock } = world();
    const job = start(url);
    await expect.poll(() => library.list()).toHaveLength(1);
    const [{ id } = { id: '' }] = await library.list();
    job.change({ state: { name: 'cancelled' } });
    await expect.poll(() => index.find(id)).toMatchObject({ state: 'stopped' });
    await library.remove(id);
    expect(await library.list()).toEqual([]);
    await library.undo(id);
    expect(await library.list()).toHaveLength(1);
    await library.remove(id);
    await clock.advance(UNDO_MS);
    await expect.poll(() => index.find(id)).toBeUndefined();
    await library.undo(id);
    expect(await library.list()).toEqual([]);
  });

  it('says that the device is full; the job goes on, and what could be written stays', async () => {
    const full = { kept: 'cut', bytes: 0, seconds: 0 } as const;
    const { port1: port, port2 } = new MessageChannel();
    const sounds: Partial<SoundStore> = {
      copy: async () => full,
      capture: () => ({
        port,
        end: Promise.resolve({ kept: 'cut', bytes: 96_044, seconds: 3 }),
        finish: async () => {},
      }),
    };
    const { library, start, transcriber } = world(sounds as SoundStore);
    const job = start({ kind: 'file', file: new Blob(['abc']), name: 'file' });
    job.change({ state: { name: 'reading' }, segments: [segment(0, 'text')] });
    await expect.poll(() => library.trouble).toBe('full');
    job.change({ state: { name: 'done' } });
    await expect.poll(() => library.list()).toMatchObject([{ name: 'file', state: 'done', sound: 'none' }]);

    const live: Source = { kind: 'live', name: 'live' };
    const keeping = library.keep(live);
    const capture = transcriber.transcribe(live) as FakeJob;
    keeping.follow(capture, {});
    keeping.options.tap?.(48_000);
    capture.change({ state: { name: 'listening' } });
    await expect
      .poll(async () => (await library.list()).find(({ name }) => name === 'live'))
      .toMatchObject({ state: 'capturing', sound: 'cut', seconds: 3 });
    expect(capture.asked, 'it goes on').toEqual([]);
    capture.change({ state: { name: 'cancelled' } });
    port.close();
    port2.close();
  });

  it('keeps notes with their recording, who is heard in it, and when it began', async () => {
    const { library, transcriber } = world();
    const live: Source = { kind: 'live', name: 'live' };
    const keeping = library.keep(live, undefined, { id: 's', speaker: 'You' });
    const job = transcriber.transcribe(live) as FakeJob;
    keeping.follow(job, {});
    const id = library.idOf(job)!;
    await library.addNote(id, { id: 'b', at: 7, text: 'second' });
    await library.addNote(id, { id: 'a', at: 3.5, text: 'first' });
    job.change({ state: { name: 'listening' }, begunAt: 1234.5 });
    await expect.poll(() => library.list()).toMatchObject([{ session: { speaker: 'You' }, begunAt: 1234.5 }]);
    await library.nameSpeaker(id, 'Ann');
    job.change({ state: { name: 'cancelled' } });
    await expect.poll(() => index.find(id)).toMatchObject({ state: 'stopped' });
    await expect.poll(() => held.has(id)).toBe(false);
    expect(await library.list(), 'its notes are all there is of it').toMatchObject([
      { session: { id: 's', speaker: 'Ann' } },
    ]);
    expect(await library.notes(id)).toEqual([
      { id: 'a', at: 3.5, text: 'first' },
      { id: 'b', at: 7, text: 'second' },
    ]);
    await index.remove(id);
    expect(await library.notes(id)).toEqual([]);
  });

  it('gives a session out as one conversation', async () => {
    const { library } = world();
    const put = async (id: string, part: Partial<Recording>, text: string) => {
      const language = 'en';
      const journal = { id, model: 'm', options: {}, language, readUntil: 0, segments: 0 };
      await index.begin(recording(id, { seconds: 9, ...part }), journal);
      await index.append(id, [segment(1, text)], { language });
    };
    const session = (speaker: string) => ({ id: 's', speaker });
    await put('you', { session: session('Ann'), begunAt: 1000 }, 'Hello?');
    await put('others', { session: session('Ben'), begunAt: 2500 }, 'Yes.');
    await put('alone', {}, 'Alone.');
    await index.putNotes('you', [{ id: 'n', at: 3, text: 'a note' }]);
    const all = new Map((await library.list()).map((one) => [one.id, one]));
    const { manuscript, together } = await keptText(library, all.get('others')!);
    expect(together).toEqual(['you']);
    expect(manuscript.segments.map(({ start, speaker, text }) => [start, speaker, text])).toEqual([
      [2, 'Ann', 'Hello?'],
      [3.5, 'Ben', 'Yes.'],
    ]);
    expect(manuscript).toMatchObject({ title: 'others', notes: [{ at: 3, text: 'a note' }], duration: 10.5 });
    const alone = await keptText(library, all.get('alone')!);
    expect(alone).toMatchObject({
      together: [],
      manuscript: { segments: [{ ...segment(1, 'Alone.'), id: 0 }] },
    });
  });

  it('knows no way from done to capturing', async () => {
    const { start, library } = world();
    start(url).change({ state: { name: 'done' } });
    await expect.poll(async () => (await library.list())[0]?.state).toBe('done');
    const [{ id } = { id: '' }] = await library.list();
    await expect(index.change(id, { state: 'capturing' })).rejects.toThrow(RangeError);
    expect(await index.change(id, { name: 'b' })).toMatchObject({ name: 'b', state: 'done' });
  });
});

describe('what is edited', () => {
  let index: IndexStore;
  let databases = 0;
  beforeEach(async () => {
    databases += 1;
    index = await openIndex(`documents-${databases}`);
    const journal = { id: 'a', model: 'm', options: {}, language: 'en', readUntil: 0, segments: 0 };
    await index.begin(recording('a', { sound: 'none' }), journal);
    await index.append('a', [segment(0, 'Hello word'), segment(1, 'again')], { language: 'en' });
  });
  afterEach(() => index.close());

  const libraryOf = (sounds?: SoundStore) =>
    createLibrary({
      index,
      sounds,
      claims: { take: async () => () => undefined },
      editing: createEditLock(createFakeLocks()),
      clock: createVirtualClock(),
      wall: () => 1000,
    });

  it('is kept beside what was heard, found, and taken back to it', async () => {
    const library = libraryOf();
    const before = await library.document('a');
    const named = withSpeaker(withText(before.document, 0, 'Hello world'), 'Anna');
    const spoken = assigned(named.document, [1], named.id);
    const saved = await library.saveDocument('a', spoken, before);
    expect(saved?.revision).toBe(1);
    const kept = await libraryOf().document('a');
    expect(kept).toEqual({ ...saved, document: spoken });
    expect(spokenSegments(kept.document).map(({ text, speaker }) => [text, speaker])).toEqual([
      ['Hello world', undefined],
      ['again', 'Anna'],
    ]);
    expect(
      (await library.segments('a')).map(({ text }) => text),
      'what was heard stays',
    ).toEqual(['Hello word', 'again']);
    expect(await library.search('WORLD')).toMatchObject([{ id: 'a', segment: { id: 0 } }]);
    expect(await library.search('again')).toHaveLength(1);
    expect(await library.search('word')).toEqual([]);

    await index.append('a', [segment(2, 'the rest')], { language: 'en' });
    expect((await library.document('a')).document.segments.map(({ text }) => text)).toEqual([
      'Hello world',
      'again',
      'the rest',
    ]);

    const back = await library.saveDocument('a', before.document, kept);
    expect(back?.revision).toBe(0);
    expect(await index.document('a')).toBeUndefined();
  });

  it('is read in parts where it is long, all of it and in order', async () => {
    const ids = Array.from({ length: 700 }, (_, id) => id);
    await index.append(
      'a',
      ids.map((id) => segment(id, `${id}`)),
      { language: 'en' },
    );
    await index.append('b', [segment(0, 'of another')], { language: 'en' });
    expect((await index.segments('a')).map(({ id, text }) => [id, text])).toEqual(
      ids.map((id) => [id, `${id}`]),
    );
    expect(await index.segments('none')).toEqual([]);
  });

  it('is not written over by who has not seen it', async () => {
    const [one, two] = [libraryOf(), libraryOf()];
    const [first, second] = await Promise.all([one.document('a'), two.document('a')]);
    expect(await one.saveDocument('a', withText(first.document, 0, 'mine'), first)).toBeDefined();
    expect(await two.saveDocument('a', withText(second.document, 0, 'yours'), second)).toBeUndefined();
    expect((await two.document('a')).document.segments[0]?.text).toBe('mine');
    await index.remove('a');
    expect(await index.document('a')).toBeUndefined();
    expect(await one.saveDocument('a', first.document, first), 'it is gone').toBeUndefined();
  });

  it('is not lost when its source is read once more', async () => {
    const library = libraryOf();
    const transcriber = createFakeTranscriber('m');
    const source: Source = { kind: 'url', url: 'https://example.org/a.mp3', name: 'a.mp3' };
    const read = (again?: FakeJob) => {
      const keeping = library.keep(source, again);
      const job = transcriber.transcribe(source) as FakeJob;
      keeping.follow(job, {});
      job.change({ state: { name: 'done' }, segments: [segment(0, 'text')] });
      return job;
    };
    const job = read();
    const id = library.idOf(job)!;
    await expect.poll(() => index.find(id)).toMatchObject({ state: 'done' });
    const before = await library.document(id);
    await library.saveDocument(id, withText(before.document, 0, 'edited'), before);
    const again = library.idOf(read(job))!;
    expect(again).not.toBe(id);
    await expect.poll(() => index.find(again)).toMatchObject({ state: 'done' });
    expect((await library.document(id)).document.segments[0]?.text).toBe('edited');
    expect((await library.document(again)).document.segments[0]?.text).toBe('text');
  });

  it('by one tab at a time: the next gets its turn, or takes it', async () => {
    const take = createEditLock(createFakeLocks());
    const { signal } = new AbortController();
    const first = await take('a', 'turn', signal);
    const asked = take('a', 'turn', signal);
    await expect(take('a', 'turn', AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
    const other = await take('b', 'turn', signal);
    first.release();
    const second = await asked;
    const third = await take('a', 'now', signal);
    await second.lost;
    third.release();
    other.release();
  });

  it('goes with the archive and comes back', async () => {
    const before = await libraryOf().document('a');
    await libraryOf().saveDocument('a', withText(before.document, 0, 'edited'), before);
    let file: File | undefined;
    const sounds: Partial<SoundStore> = {
      remove: async () => undefined,
      open: async () => file,
      async pack(name, parts) {
        const written = memoryFile();
        await writeArchive(written, parts, async () => new Blob());
        file = new File([written.bytes], name);
        return { kept: 'whole', bytes: file.size, seconds: 0 };
      },
    };
    const archive = await libraryOf(sounds as SoundStore).pack();
    await index.remove('a');
    expect(await libraryOf().unpack(archive)).toBe(1);
    const { document, revision } = await libraryOf().document('a');
    expect([document.segments.map(({ text }) => text), revision]).toEqual([['edited', 'again'], 1]);
  });
});

const recording = (id: string, part: Partial<Recording> = {}): Recording => ({
  id,
  name: id,
  kind: 'file',
  createdAt: 1,
  seconds: 1,
  bytes: 3,
  state: 'done',
  sound: 'whole',
  ...part,
});

describe('an archive', () => {
  const kept = {
    recording: recording('a-1', { state: 'reading' }),
    journal: { id: 'a-1', model: 'm', options: {}, language: 'en', readUntil: 1.5, segments: 1 },
    segments: [segment(0, 'Zürich')],
    notes: [{ id: 'n', at: 0.5, text: 'a note' }],
  };
  const archive = async (all: readonly Kept[]) => {
    const file = memoryFile();
    await writeArchive(file, packed(all), async () => new Blob([Uint8Array.of(80, 75, 5)]));
    return new Blob([file.bytes]);
  };

  it('gives back what went in; what was going on is stopped', async () => {
    const [back] = await unpacked(await archive([kept]));
    expect(back).toMatchObject({ ...kept, recording: { ...kept.recording, state: 'stopped' } });
    expect(new Uint8Array(await back!.sound!.arrayBuffer())).toEqual(Uint8Array.of(80, 75, 5));
  });

  it('refuses what is none, what is cut off, and names that are paths', async () => {
    const whole = await archive([kept]);
    await expect(unpacked(new Blob(['not a ZIP']))).rejects.toThrow(RangeError);
    await expect(readZip(whole.slice(10))).rejects.toThrow(RangeError);
    await expect(unpacked(whole.slice(0, whole.size - 30))).rejects.toThrow(RangeError);
    const evil = { ...kept, recording: recording('../x'), journal: { ...kept.journal, id: '../x' } };
    await expect(archive([evil]).then(unpacked)).rejects.toThrow('damaged');
    const { notes: _, ...before } = kept;
    expect(await archive([before]).then(unpacked), 'one of before there were notes').toHaveLength(1);
    for (const damaged of [
      { ...kept, notes: [{ id: 'n', at: 'late', text: '' }] as never },
      { ...kept, recording: { ...kept.recording, session: 's' as never } },
    ])
      await expect(archive([damaged]).then(unpacked)).rejects.toThrow('damaged');
  });

  it('that does not fit is said', async () => {
    await expect(
      writeArchive(memoryFile(50), packed([kept]), async () => new Blob(['abc'])),
    ).rejects.toMatchObject({ name: 'QuotaExceededError' });
  });
});

it('is listed as it is asked for', () => {
  const all = [
    recording('b', { createdAt: 3, seconds: 5 }),
    recording('a 10', { createdAt: 1, seconds: 9 }),
    recording('a 9', { createdAt: 2, seconds: 9 }),
  ];
  const ids = (list: readonly Recording[]) => list.map(({ id }) => id);
  expect(ids(sorted(all, 'date', 'en'))).toEqual(['b', 'a 9', 'a 10']);
  expect(ids(sorted(all, 'name', 'en'))).toEqual(['a 9', 'a 10', 'b']);
  expect(ids(sorted(all, 'length', 'en'))).toEqual(['a 9', 'a 10', 'b']);
  const found = [{ id: 'b', segment: segment(0, 'A word') }];
  expect(rowsOf(all, { wanted: 'A ', found }).map(({ recording: { id } }) => id)).toEqual([
    'b',
    'a 10',
    'a 9',
  ]);
  expect(rowsOf(all, { wanted: 'zzz', found: [] })).toEqual([]);
});
