/** Where captions hear from: a microphone, and what a tab or the system plays. */
import { type ErrorWire, SottoError, toWire } from '../../../shared/errors.ts';
import { capture, watchEnd } from '../../client/microphone.ts';

/** Who is heard: the person here, or whoever the device plays. */
export type Side = 'you' | 'others';

export const SIDES: readonly Side[] = ['you', 'others'];

/** A sound that is open, until `close`. */
export interface Sound {
  readonly stream: MediaStream;
  /** resolves when it was ended by somebody else: unplugged, or no longer shared; never by `close` */
  readonly lost: Promise<void>;
  /** Silence instead of it, while it stays open. */
  mute(muted: boolean): void;
  close(): void;
}

/** Why nothing is heard. `not-shared`: the browser's question was closed; `no-sound`: it shared a picture alone. */
export type Unheard =
  | { readonly why: 'not-shared' | 'no-sound' | 'unavailable' }
  | { readonly why: 'share-failed'; readonly detail: string }
  | { readonly why: 'microphone'; readonly error: ErrorWire };

export type Opening = { readonly sound: Sound } | { readonly unheard: Unheard };

/** Whether this browser shares the sound of tabs at all; whether it gives any is known when it is asked. */
export const canShare = (): boolean => shareable() !== undefined;

const shareable = (): MediaDevices | undefined => {
  // Not every browser has these, whatever the types say.
  const devices: Partial<MediaDevices> | undefined = navigator.mediaDevices;
  return typeof devices?.getDisplayMedia === 'function' ? navigator.mediaDevices : undefined;
};

/** `alone`: nothing is heard beside it that would come out of the loudspeakers into it. */
export async function openMicrophone(
  deviceId: string | undefined,
  company: 'alone' | 'beside-others',
): Promise<Opening> {
  try {
    return {
      sound: soundOf(await capture(deviceId, company === 'alone' ? 'kept' : 'cancelled')),
    };
  } catch (thrown) {
    if (!(thrown instanceof SottoError)) throw thrown;
    return { unheard: { why: 'microphone', error: toWire(thrown) } };
  }
}

/** What the specifications have beyond the library's types: https://www.w3.org/TR/screen-capture/. */
interface ShareOptions extends DisplayMediaStreamOptions {
  readonly systemAudio: 'include' | 'exclude';
  readonly selfBrowserSurface: 'include' | 'exclude';
  readonly surfaceSwitching: 'include' | 'exclude';
  readonly controller?: FocusController;
}

interface FocusController {
  setFocusBehavior(behavior: 'no-focus-change'): void;
}

/** Sound as it is played: it is no speech into a microphone that would have to be cleaned. */
const AS_PLAYED = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** Must be called while the browser still counts the person's press of a button. */
export async function openShared(): Promise<Opening> {
  const devices = shareable();
  if (devices === undefined) return { unheard: { why: 'unavailable' } };
  const options: ShareOptions = {
    // There is no sound without a picture to be had: the smallest, and it is ended at once.
    video: { width: { max: 64 }, height: { max: 64 }, frameRate: { max: 1 } },
    audio: AS_PLAYED,
    systemAudio: 'include',
    selfBrowserSurface: 'exclude',
    surfaceSwitching: 'exclude',
    ...stayHere(),
  };
  try {
    const stream = await devices.getDisplayMedia(options);
    for (const track of stream.getVideoTracks()) track.stop();
    if (stream.getAudioTracks().length === 0) return { unheard: { why: 'no-sound' } };
    return { sound: soundOf(new MediaStream(stream.getAudioTracks())) };
  } catch (thrown) {
    if (!(thrown instanceof DOMException)) throw thrown;
    if (thrown.name === 'NotAllowedError') return { unheard: { why: 'not-shared' } };
    return { unheard: { why: 'share-failed', detail: String(thrown) } };
  }
}

/** The captions stay in view, where the browser would show what is shared instead. */
function stayHere(): { readonly controller?: FocusController } {
  const { CaptureController } = window as { CaptureController?: new () => FocusController };
  if (CaptureController === undefined) return {};
  const controller = new CaptureController();
  if (typeof controller.setFocusBehavior !== 'function') return {};
  controller.setFocusBehavior('no-focus-change');
  return { controller };
}

function soundOf(stream: MediaStream): Sound {
  const tracks = stream.getAudioTracks();
  const ends = tracks.map(watchEnd);
  return {
    stream,
    lost: Promise.race(ends.map(({ reached }) => reached)),
    mute(muted) {
      for (const track of tracks) track.enabled = !muted;
    },
    close() {
      for (const { forget } of ends) forget();
      for (const track of tracks) track.stop();
    },
  };
}
