import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mediaPlayer, type PlayedMedia } from '../../web/app/recording/media-player.ts';
import { afterSilence, speechOf } from '../../web/app/recording/silence.ts';

/** An `<audio>` whose time goes on when the test says so. */
class FakeMedia extends EventTarget implements PlayedMedia {
  duration = Number.NaN;
  paused = true;
  ended = false;
  defaultPlaybackRate = 1;
  playbackRate = 1;
  refusal: Error | undefined;
  /** what a stream without a stated length turns out to be */
  real: number | undefined;
  #time = 0;

  get currentTime(): number {
    return this.#time;
  }
  set currentTime(time: number) {
    if (this.real !== undefined && time > this.real) {
      this.duration = this.real;
      this.#time = this.real;
      queueMicrotask(() => this.tell('durationchange'));
      return;
    }
    this.#time = time;
  }
  load(duration: number): void {
    this.duration = duration;
    this.tell('loadedmetadata');
  }
  async play(): Promise<void> {
    if (this.refusal !== undefined) throw this.refusal;
    this.paused = false;
    this.tell('play');
  }
  pause(): void {
    this.paused = true;
    this.tell('pause');
  }
  goOn(seconds: number): void {
    if (this.paused) return;
    this.#time = Math.min(this.duration, this.#time + seconds * this.playbackRate);
  }
  tell(name: string): void {
    this.dispatchEvent(new Event(name));
  }
}

function setUp(spans: readonly { start: number; end: number }[] = []) {
  const media = new FakeMedia();
  let wanted: (() => void) | undefined;
  const released: string[] = [];
  const player = mediaPlayer(media, spans, {
    frames: (action) => ({
      request() {
        wanted = action;
      },
      cancel() {
        wanted = undefined;
      },
    }),
    release: () => released.push('it'),
  });
  const frame = (seconds = 1 / 60) => {
    media.goOn(seconds);
    const action = wanted;
    wanted = undefined;
    action?.();
    return action !== undefined;
  };
  return { media, player, frame, released };
}

const named = (name: string) => Object.assign(new Error(name), { name });

describe('silence', () => {
  it('is what lies between spans that are more than 0.7 s apart', () => {
    const speech = speechOf([
      { start: 6, end: 7 },
      { start: 2, end: 3 },
      { start: 3.6, end: 4 },
      { start: 2.5, end: 2.8 },
    ]);
    expect(speech).toEqual([
      { start: 2, end: 4 },
      { start: 6, end: 7 },
    ]);
    expect(afterSilence(speech, 0)).toBeCloseTo(1.85);
    expect(afterSilence(speech, 1.9)).toBeUndefined();
    expect(afterSilence(speech, 3.3)).toBeUndefined();
    expect(afterSilence(speech, 4.1)).toBeUndefined(); // a breath is left
    expect(afterSilence(speech, 4.2)).toBeCloseTo(5.85);
    expect(afterSilence(speech, 7.5)).toBeUndefined(); // the rest may not have been read
    expect(afterSilence(speechOf([{ start: 0.5, end: 1 }]), 0)).toBeUndefined();
    expect(afterSilence([], 3)).toBeUndefined();
  });

  it('is left forwards, at the next span, and never within one', () => {
    const time = fc.double({ min: 0, max: 100, noNaN: true });
    const span = fc.tuple(time, fc.double({ min: 0, max: 5, noNaN: true }));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 20 }), time, (given, at) => {
        const spans = given.map(([start, length]) => ({ start, end: start + length }));
        const to = afterSilence(speechOf(spans), at);
        if (to === undefined) return;
        expect(to).toBeGreaterThan(at);
        expect(spans.some(({ start, end }) => start <= at && at <= end)).toBe(false);
        const next = Math.min(...spans.map(({ start }) => start).filter((start) => start >= at));
        expect(to).toBeCloseTo(next - 0.15);
      }),
    );
  });
});

describe('the player', () => {
  it('tells every frame while it plays, and nothing while it stands', async () => {
    const { media, player, frame } = setUp();
    media.load(10);
    let told = 0;
    const unsubscribe = player.subscribe(() => {
      told += 1;
    });
    expect(frame()).toBe(false);
    player.play();
    told = 0;
    for (let i = 0; i < 30; i++) expect(frame(0.1)).toBe(true);
    expect(told).toBe(30);
    expect(player.time).toBeCloseTo(3);
    player.pause();
    frame();
    expect(frame()).toBe(false);
    told = 0;
    unsubscribe();
    player.seek(5);
    expect([told, player.time, player.playing]).toEqual([0, 5, false]);
  });

  it('skips silence only when it shall, at any speed, and goes on to the end', () => {
    const { media, player, frame } = setUp([
      { start: 1, end: 2 },
      { start: 5, end: 6 },
    ]);
    media.load(8);
    player.setSkipsSilence(true);
    expect(player.time).toBe(0); // it stands: nothing jumps
    player.play();
    player.setRate(2);
    const times: number[] = [];
    while (player.time < 8) {
      frame();
      times.push(player.time);
    }
    expect(times.filter((time) => time > 2.3 && time < 4.8)).toEqual([]);
    expect(times[0]).toBeCloseTo(0.85 + 2 / 60);
    expect(times.length / 60).toBeCloseTo((1.3 + 3.15) / 2, 1);
    player.seek(3);
    expect(player.time).toBeCloseTo(4.85); // somebody pressed there: the next words
    player.setSkipsSilence(false);
    player.seek(3);
    frame(0.5);
    expect(player.time).toBeCloseTo(4);
  });

  it('keeps speed and place within bounds', () => {
    const { media, player } = setUp();
    media.load(8);
    player.setRate(9);
    expect(player.rate).toBe(3);
    player.setRate(0);
    expect([player.rate, media.defaultPlaybackRate]).toEqual([0.5, 0.5]);
    player.seek(-4);
    expect(player.time).toBe(0);
    player.seek(99);
    expect(player.time).toBe(8);
  });

  it('finds out a length that the file does not say, and stays where it was', async () => {
    const { media, player } = setUp();
    media.real = 42;
    media.load(Number.POSITIVE_INFINITY);
    player.seek(7); // before it is known
    expect([player.duration, player.time]).toEqual([42, 7]);
    await Promise.resolve();
    expect([player.duration, player.time, media.currentTime]).toEqual([42, 7, 7]);
  });

  it('says what cannot be played, and not that a browser wants a press first', async () => {
    const { media, player } = setUp();
    for (const name of ['AbortError', 'NotAllowedError']) {
      media.refusal = named(name);
      player.play();
      await Promise.resolve();
      expect([player.failure, player.playing]).toEqual([undefined, false]);
    }
    media.refusal = named('NotSupportedError');
    player.play();
    await Promise.resolve();
    expect(player.failure).toBe('unplayable');
    const other = setUp();
    other.media.tell('error');
    expect(other.player.failure).toBe('unplayable');
  });

  it('lets go of everything when it is closed', () => {
    const { media, player, frame, released } = setUp();
    media.load(8);
    player.play();
    let told = 0;
    player.subscribe(() => {
      told += 1;
    });
    player.close();
    told = 0;
    media.tell('timeupdate');
    expect([media.paused, frame(), told, released]).toEqual([true, false, 0, ['it']]);
  });
});
