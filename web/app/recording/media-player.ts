/** A player around the browser's own media element, which streams files of any length from the disk. */
import type { OnceAFrame } from '../once-a-frame.ts';
import type { Player } from './player-port.ts';
import { FASTEST, SLOWEST } from './rates.ts';
import { afterSilence, type Stretch, speechOf } from './silence.ts';

export interface SoundPlayer extends Player {
  /** `unplayable`: the browser has no decoder for it, or it is damaged or gone */
  readonly failure: 'unplayable' | undefined;
}

/** What is used of an `<audio>`. */
export interface PlayedMedia
  extends Pick<
    HTMLMediaElement,
    | 'currentTime'
    | 'duration'
    | 'paused'
    | 'ended'
    | 'defaultPlaybackRate'
    | 'playbackRate'
    | 'play'
    | 'pause'
  > {
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

const CHANGES = ['play', 'pause', 'ended', 'seeked', 'ratechange', 'timeupdate', 'durationchange', 'emptied'];
/** Seconds; beyond any sound: the browser goes to its end instead. */
const BEYOND = 1e7;

export interface PlayerOptions {
  readonly frames: (action: () => void) => OnceAFrame;
  /** frees the media */
  readonly release: () => void;
}

export function mediaPlayer(
  media: PlayedMedia,
  spans: readonly Stretch[],
  { frames, release }: PlayerOptions,
): SoundPlayer {
  const speech = speechOf(spans);
  const listeners = new Set<() => void>();
  let skipsSilence = false;
  let failure: SoundPlayer['failure'];
  /** where to go once the length is known, while it is being found out */
  let meanwhile: number | undefined;

  const playing = () => !media.paused && !media.ended && failure === undefined;
  const known = () => (Number.isFinite(media.duration) ? media.duration : 0);

  const changed = (): void => {
    if (meanwhile !== undefined && known() > 0) {
      media.currentTime = meanwhile;
      meanwhile = undefined;
    }
    if (playing() && skipsSilence && meanwhile === undefined) {
      const to = afterSilence(speech, media.currentTime);
      if (to !== undefined) media.currentTime = to;
    }
    for (const listener of listeners) listener();
    if (playing()) frame.request();
  };
  const frame = frames(changed);

  /** Streams that were written as they were recorded do not say how long they are: only their end does. */
  const measure = (): void => {
    if (media.duration !== Number.POSITIVE_INFINITY) return;
    meanwhile = media.currentTime;
    media.currentTime = BEYOND;
  };
  const failed = (): void => {
    failure = 'unplayable';
    meanwhile = undefined;
    changed();
  };

  for (const name of CHANGES) media.addEventListener(name, changed);
  media.addEventListener('loadedmetadata', measure);
  media.addEventListener('error', failed);

  return {
    get duration() {
      return known();
    },
    get time() {
      return meanwhile ?? media.currentTime;
    },
    get playing() {
      return playing();
    },
    get rate() {
      return media.playbackRate;
    },
    get skipsSilence() {
      return skipsSilence;
    },
    get failure() {
      return failure;
    },
    play() {
      media.play().catch((thrown: unknown) => {
        const name = thrown instanceof Error || thrown instanceof DOMException ? thrown.name : '';
        // Paused or closed before it began, or the browser wants a press first: it stands still, and shows that.
        if (name !== 'AbortError' && name !== 'NotAllowedError') failed();
      });
    },
    pause() {
      media.pause();
    },
    seek(seconds) {
      const to = Math.max(0, known() > 0 ? Math.min(seconds, known()) : seconds);
      if (meanwhile === undefined) media.currentTime = to;
      else meanwhile = to;
      changed();
    },
    setRate(rate) {
      const to = Math.min(FASTEST, Math.max(SLOWEST, rate));
      media.defaultPlaybackRate = to;
      media.playbackRate = to;
      changed();
    },
    setSkipsSilence(on) {
      skipsSilence = on;
      changed();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const name of CHANGES) media.removeEventListener(name, changed);
      media.removeEventListener('loadedmetadata', measure);
      media.removeEventListener('error', failed);
      frame.cancel();
      listeners.clear();
      media.pause();
      release();
    },
  };
}
