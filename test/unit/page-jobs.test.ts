import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode, SottoError } from '../../shared/errors.ts';
import { fileName } from '../../shared/formats/file-name.ts';
import { fileSources, urlSource } from '../../web/app/given.ts';
import { EMPTY_LIST, removed, retried, toggled, withJobs } from '../../web/app/job-list.ts';
import { canRetry, etaText, progressView, stateText, transcriptDuration } from '../../web/app/job-state.ts';
import { choices } from '../../web/app/microphones.ts';
import { changeModel } from '../../web/app/model-change.ts';
import type { JobState, Source } from '../../web/client/transcriber.ts';
import { createFakeTranscriber, type FakeJob, type FakeTranscriber } from '../support/fake-transcriber.ts';

const file = (name: string): Source => ({ kind: 'file', file: new Blob(['x']), name });
const start = (fake: FakeTranscriber, ...sources: Source[]) =>
  sources.map((source) => fake.transcribe(source) as FakeJob);
const segment = {
  id: 0,
  start: 1,
  end: 9,
  text: 'a',
  tokens: [],
  avgLogprob: 0,
  noSpeechProb: 0,
  compressionRatio: 1,
};

describe('the list of jobs', () => {
  it('shows the newest group first, in its own order, and opens its first', () => {
    const [a, b, c, d] = start(createFakeTranscriber('m'), file('a'), file('b'), file('c'), file('d'));
    a!.change({ state: { name: 'done' } });
    const list = withJobs(withJobs(EMPTY_LIST, [a!, b!]), [c!, d!]);
    expect(list.jobs.map((job) => job.snapshot.source.name)).toEqual(['c', 'd', 'a', 'b']);
    expect(list.open).toBe(c!.id);
  });

  it('leaves open what someone watches grow, but always opens a recording', () => {
    const [a, b, live] = start(createFakeTranscriber('m'), file('a'), file('b'), { kind: 'live', name: 'l' });
    a!.change({ state: { name: 'reading' } });
    const list = withJobs(withJobs(EMPTY_LIST, [a!]), [b!]);
    expect(list.open).toBe(a!.id);
    expect(withJobs(list, [live!]).open).toBe(live!.id);
    expect(withJobs(list, [])).toBe(list);
  });

  it('opens one at a time', () => {
    const [a, b] = start(createFakeTranscriber('m'), file('a'), file('b'));
    const list = withJobs(EMPTY_LIST, [a!, b!]);
    expect(toggled(list, b!.id).open).toBe(b!.id);
    expect(toggled(list, a!.id).open).toBeUndefined();
  });

  it('replaces what is tried again unless that would lose text', () => {
    const [a, b, again] = start(createFakeTranscriber('m'), file('a'), file('b'), file('again'));
    const list = withJobs(EMPTY_LIST, [a!, b!]);
    expect(retried(list, a!.id, again!).jobs).toEqual([again, b]);
    a!.change({ segments: [segment] });
    expect(retried(list, a!.id, again!)).toEqual({ jobs: [again, a, b], open: again!.id });
  });

  it('gives the focus to a neighbour of what was removed', () => {
    const [a, b] = start(createFakeTranscriber('m'), file('a'), file('b'));
    const list = withJobs(EMPTY_LIST, [a!, b!]);
    expect(removed(list, a!.id)).toEqual({ list: { jobs: [b], open: undefined }, focus: b!.id });
    expect(removed(list, b!.id)).toEqual({ list: { jobs: [a], open: a!.id }, focus: a!.id });
    const one = removed(list, b!.id).list;
    expect(removed(one, a!.id).focus).toBeUndefined();
  });
});

describe('the state of a job', () => {
  it('tells the place in the line, and the wait apart from it', () => {
    const next: JobState = { name: 'waiting', position: 0, etaMs: 21_000 };
    expect(stateText(next)).toBe('Waiting, next in line');
    expect(stateText({ ...next, position: 3 })).toBe('Waiting, 3 before it');
    expect(etaText(next, 'en')).toBe('starts in about 25\u00a0sec');
    expect(etaText({ ...next, etaMs: undefined }, 'en')).toBe('');
    expect(etaText({ name: 'reading' }, 'en')).toBe('');
  });

  it('tells how far it is, how fast and how long still', () => {
    const [job] = start(createFakeTranscriber('m'), file('a'));
    const progress = { doneSeconds: 30, totalSeconds: 120, speed: 6.04, remainingMs: 15_000 };
    job!.change({ state: { name: 'reading' }, progress });
    expect(progressView(job!.snapshot, 'en')).toEqual({
      percent: 25,
      facts: ['0:30 of 2:00', '6× real time', 'about 15\u00a0sec left'],
    });
    const unknown = { doneSeconds: 30, totalSeconds: undefined, speed: undefined, remainingMs: undefined };
    job!.change({ progress: unknown });
    expect(progressView(job!.snapshot, 'en')).toEqual({ percent: undefined, facts: ['0:30 read'] });
    job!.change({ state: { name: 'done' } });
    expect(progressView(job!.snapshot, 'en')).toBeUndefined();
  });

  it('offers another try exactly where it may help', () => {
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      expect(canRetry({ name: 'failed', error: { code } }), code).toBe(ERRORS[code].retryable);
    }
    expect(canRetry({ name: 'cancelled' })).toBe(true);
    expect(canRetry({ name: 'done' })).toBe(false);
    expect(canRetry({ name: 'failed', error: { code: 'not_media' } })).toBe(false);
    expect(canRetry({ name: 'refused', error: { code: 'queue_full' } })).toBe(true);
  });

  it('knows how long the transcript is, also of a live one', () => {
    const [job] = start(createFakeTranscriber('m'), file('a'));
    expect(transcriptDuration(job!.snapshot)).toBe(0);
    job!.change({ segments: [segment] });
    expect(transcriptDuration(job!.snapshot)).toBe(9);
    job!.change({ progress: { ...job!.snapshot.progress, totalSeconds: 12 } });
    expect(transcriptDuration(job!.snapshot)).toBe(12);
  });
});

describe('changing the model', () => {
  it('keeps the new one once it is ready', async () => {
    const fake = createFakeTranscriber('old');
    const change = changeModel(fake, 'new');
    await Promise.resolve();
    fake.prepared({ model: 'new', device: 'wasm', dtype: 'q8', windowSeconds: 30, lanes: 1 });
    expect(await change.result).toBeUndefined();
    expect(fake.status.model).toBe('new');
  });

  it('goes back to the one before when it fails or is cancelled, and says why', async () => {
    const fake = createFakeTranscriber('old');
    const failing = changeModel(fake, 'new');
    await Promise.resolve();
    fake.prepared(new SottoError('model_offline'));
    expect(await failing.result).toEqual({ code: 'model_offline' });
    expect(fake.status.model).toBe('old');
    const cancelled = changeModel(fake, 'new');
    await Promise.resolve();
    cancelled.cancel();
    expect((await cancelled.result)?.code).toBe('cancelled');
    expect(fake.status.model).toBe('old');
  });
});

describe('what is given and what is saved', () => {
  it('takes files by their names', () => {
    const sources = fileSources([new File(['x'], 'talk.mp3')]);
    expect(sources.map(({ kind, name }) => [kind, name])).toEqual([['file', 'talk.mp3']]);
  });

  it.each([
    [' https://a.example/x/talk%20one.mp3?y#z ', 'talk one.mp3'],
    ['http://a.example', 'a.example'],
    ['https://a.example/100%.mp3', '100%.mp3'],
  ])('takes the address %s', (text, name) => {
    expect(urlSource(text)).toMatchObject({ kind: 'url', name, url: new URL(text.trim()).href });
  });

  it.each([
    '',
    'talk.mp3',
    'ftp://a.example/x',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'data:audio/wav,x',
  ])('refuses the address %s', (text) => expect(urlSource(text)).toBeUndefined());

  it.each([
    ['talk.mp3', 'talk.srt'],
    ['a.b.final.webm', 'a.b.final.srt'],
    ['Recording 21:54', 'Recording 21-54.srt'],
    ['../../etc/x', 'etc-x.srt'],
    ['...', 'transcript.srt'],
    ['', 'transcript.srt'],
    ['录音 九点.m4a', '录音 九点.srt'],
  ])('saves %s as %s', (name, saved) => expect(fileName(name, 'srt')).toBe(saved));

  it('offers real microphones only', () => {
    const device = (kind: MediaDeviceKind, deviceId: string) => ({ kind, deviceId, label: deviceId });
    const all = [
      device('audioinput', 'default'),
      device('audioinput', ''),
      device('audioinput', 'usb'),
      device('audiooutput', 'loud'),
      device('videoinput', 'eye'),
    ];
    expect(choices(all)).toEqual([{ deviceId: 'usb', label: 'usb' }]);
  });
});
