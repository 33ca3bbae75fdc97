import { describe, expect, it } from 'vitest';
import { createJobRecord, isEnd } from '../../web/client/job.ts';
import { createSpeedometer } from '../../web/client/speedometer.ts';
import type { JobSnapshot, JobState } from '../../web/client/transcriber.ts';

const source = { kind: 'url', url: 'https://example.invalid/a.wav', name: 'a.wav' } as const;
const reads = { model: 'm', language: 'en' };
const control = { stop: () => undefined, cancel: () => undefined };
const failed: JobState = { name: 'failed', error: { code: 'internal' } };

const segment = (id: number) => ({
  id,
  start: id,
  end: id + 1,
  text: `s${id}`,
  tokens: [],
  avgLogprob: 0,
  noSpeechProb: 0,
  compressionRatio: 1,
});

describe('a job’s record', () => {
  it('goes through its life and ends once: what comes after the end is ignored', async () => {
    const record = createJobRecord(source, reads, control);
    const seen: JobSnapshot[] = [];
    record.job.subscribe((snapshot) => seen.push(snapshot));
    record.go({ name: 'waiting', position: 1, etaMs: undefined });
    record.go({ name: 'preparing' });
    record.go({ name: 'reading' });
    record.append([segment(0)]);
    record.go({ name: 'cancelled' });
    record.go(failed);
    expect(seen.map(({ state }) => state.name)).toEqual([
      'waiting',
      'preparing',
      'reading',
      'reading',
      'cancelled',
    ]);
    const end = await record.job.ended;
    expect(end.state.name).toBe('cancelled');
    expect(end.segments).toEqual([segment(0)]);
  });

  it('refuses steps that no job takes', () => {
    const record = createJobRecord(source, reads, control);
    expect(() => record.go({ name: 'reading' })).toThrow(/from waiting to reading/);
    record.go({ name: 'preparing' });
    expect(() => record.go({ name: 'done' })).toThrow(/from preparing to done/);
    expect(() => record.go({ name: 'waiting', position: 0, etaMs: undefined })).toThrow();
  });

  it('gives a new snapshot for each change, and leaves the old ones as they were', () => {
    const record = createJobRecord(source, reads, control);
    const before = record.job.snapshot;
    record.append([segment(0)]);
    record.append([segment(1)]);
    expect(before.segments).toEqual([]);
    expect(record.job.snapshot.segments.map(({ text }) => text)).toEqual(['s0', 's1']);
  });

  it('takes back what no longer holds, and keeps nothing tentative at its end', () => {
    const record = createJobRecord({ kind: 'live', name: 'r' }, reads, control);
    record.go({ name: 'preparing' });
    record.go({ name: 'listening' });
    record.notice({ kind: 'digital-silence' });
    record.notice({ kind: 'no-speech' });
    record.clearNotice('digital-silence');
    record.append([], { committed: 'for', tentative: 'sure' });
    expect(record.job.snapshot.partial).toEqual({ committed: 'for', tentative: 'sure' });
    record.level(0.5);
    record.go(failed);
    const { partial, level, notices, state } = record.job.snapshot;
    expect({ partial, level, notices }).toEqual({
      partial: { committed: '', tentative: '' },
      level: 0,
      notices: [{ kind: 'no-speech' }],
    });
    expect(isEnd(state)).toBe(true);
  });

  it('stops telling who does not want to know any more', () => {
    const record = createJobRecord(source, reads, control);
    let told = 0;
    const stop = record.job.subscribe(() => {
      told += 1;
    });
    record.level(0.1);
    stop();
    record.level(0.2);
    expect(told).toBe(1);
  });
});

describe('the speedometer', () => {
  it('counts from when reading began, and never runs backwards', () => {
    let now = 5_000;
    const speedometer = createSpeedometer(() => now);
    expect(speedometer.at(3)).toEqual({ doneSeconds: 3, speed: undefined, remainingMs: undefined });
    speedometer.start(100);
    now += 2_000;
    expect(speedometer.at(20)).toEqual({ doneSeconds: 20, speed: 10, remainingMs: 8_000 });
    now += 2_000;
    expect(speedometer.at(10)).toEqual({ doneSeconds: 20, speed: 5, remainingMs: 16_000 });
    expect(speedometer.at(120).remainingMs).toBe(0);
  });

  it('does not guess what is left of a source whose length is unknown', () => {
    let now = 0;
    const speedometer = createSpeedometer(() => now);
    speedometer.start(undefined);
    now = 1_000;
    expect(speedometer.at(4)).toEqual({ doneSeconds: 4, speed: 4, remainingMs: undefined });
  });
});
