import { type ErrorCode, SottoError } from '../../shared/errors.ts';
import { captureWorklet } from './places.ts';

export interface Microphone {
  /** brings Float32Array chunks, mono at `rate` hertz; an empty one is the last */
  readonly port: MessagePort;
  readonly rate: number;
  /** for people */
  readonly label: string;
  /** epoch milliseconds: when its first sample was heard */
  readonly begunAt: number;
  /** resolves when the device is taken away; never when we stop it ourselves */
  readonly lost: Promise<void>;
  /** Lets go of the device at once; sound already captured still arrives on the port. Idempotent. */
  stop(): Promise<void>;
}

/** DOMException names of getUserMedia, per the Media Capture specification. */
const REFUSALS: Record<string, ErrorCode> = {
  NotAllowedError: 'microphone_refused',
  SecurityError: 'microphone_refused',
  NotFoundError: 'microphone_missing',
  OverconstrainedError: 'microphone_missing',
  NotReadableError: 'microphone_failed',
  AbortError: 'microphone_failed',
};

/** `cancelled`: what the loudspeakers play is taken out of what the microphone hears. */
export type Echo = 'kept' | 'cancelled';

/** Opens a microphone, the system's choice unless said; who asks stops its tracks. Throws SottoError `microphone_*`. */
export async function capture(deviceId: string | undefined, echo: Echo = 'kept'): Promise<MediaStream> {
  if (navigator.mediaDevices === undefined) {
    throw new SottoError('microphone_refused', 'this page is not served securely');
  }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: {
        ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
        channelCount: 1,
        echoCancellation: echo === 'cancelled',
        noiseSuppression: true,
        autoGainControl: true,
      },
    });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    throw new SottoError(REFUSALS[name] ?? 'microphone_failed', String(error), { cause: error });
  }
}

const END_CHECK_MS = 500;

export interface MicrophoneChoice {
  /** of the device; the system's choice unless said */
  readonly deviceId?: string;
  /** sound that somebody else captures, and ends */
  readonly stream?: MediaStream;
  readonly tap?: SoundTap;
}

/** Who wants the sound as well: told the rate in hertz once it is known, gives the port that chunks go to. */
export type SoundTap = (rate: number) => MessagePort;

/**
 * Opens a microphone, or a stream, into an AudioWorklet. Throws SottoError `microphone_*`; the device is freed on every
 * way out.
 */
export async function openMicrophone({
  deviceId,
  stream: given,
  tap,
}: MicrophoneChoice): Promise<Microphone> {
  // A stream that is somebody else's is listened to and left as it is: a copy of its tracks would keep a device open
  // that its owner has closed.
  const stream = given ?? (await capture(deviceId));
  const context = new AudioContext({ latencyHint: 'interactive' });
  const letGo = () => {
    if (given === undefined) for (const each of stream.getTracks()) each.stop();
  };
  const free = async () => {
    letGo();
    if (context.state !== 'closed') await context.close();
  };
  try {
    const track = stream.getAudioTracks()[0];
    if (track === undefined) throw new SottoError(given ? 'no_audio_track' : 'microphone_missing');
    await context.audioWorklet.addModule(captureWorklet);
    const node = new AudioWorkletNode(context, 'sotto-capture', { numberOfInputs: 1, numberOfOutputs: 0 });
    const { port1, port2 } = new MessageChannel();
    const also = tap?.(context.sampleRate);
    if (also === undefined) node.port.postMessage({ port: port1 }, [port1]);
    else node.port.postMessage({ port: port1, tap: also }, [port1, also]);
    context.createMediaStreamSource(stream).connect(node);
    if (context.state === 'suspended') await context.resume();
    const begunAt = performance.timeOrigin + performance.now();
    const end = watchEnd(track);
    let stopped = false;
    return {
      port: port2,
      rate: context.sampleRate,
      label: track.label,
      begunAt,
      lost: end.reached,
      async stop() {
        if (stopped) return;
        stopped = true;
        end.forget();
        // The worklet hands over what it has gathered before the context goes away.
        const flushed = new Promise<void>((resolve) => {
          node.port.onmessage = () => resolve();
        });
        node.port.postMessage({ stop: true });
        letGo();
        await Promise.race([flushed, new Promise((resolve) => setTimeout(resolve, 1000))]);
        await free();
      },
    };
  } catch (error) {
    await free();
    throw error instanceof SottoError
      ? error
      : new SottoError('microphone_failed', String(error), { cause: error });
  }
}

export interface TrackEnd {
  readonly reached: Promise<void>;
  forget(): void;
}

/** A track that its owner stops says nothing; one that ends otherwise does. */
export function watchEnd(track: MediaStreamTrack): TrackEnd {
  let forget = () => {};
  const reached = new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (track.readyState === 'ended') resolve();
    }, END_CHECK_MS);
    const ended = () => resolve();
    track.addEventListener('ended', ended, { once: true });
    forget = () => {
      clearInterval(timer);
      track.removeEventListener('ended', ended);
    };
  });
  return { reached, forget };
}
