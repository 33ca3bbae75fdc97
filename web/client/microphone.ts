import { type ErrorCode, SottoError } from '../../shared/errors.ts';
import captureUrl from '../ear/worklet/capture.ts?worker&url';

export interface Microphone {
  /** brings Float32Array chunks, mono at `rate` hertz; an empty one is the last */
  readonly port: MessagePort;
  readonly rate: number;
  /** for people */
  readonly label: string;
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

async function capture(deviceId: string | undefined): Promise<MediaStream> {
  if (navigator.mediaDevices === undefined) {
    throw new SottoError('microphone_refused', 'this page is not served securely');
  }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: {
        ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
        channelCount: 1,
        echoCancellation: false,
        noiseSuppression: true,
        autoGainControl: true,
      },
    });
  } catch (error) {
    const name = error instanceof DOMException ? error.name : '';
    throw new SottoError(REFUSALS[name] ?? 'microphone_failed', String(error), { cause: error });
  }
}

export interface MicrophoneChoice {
  /** of the device; the system's choice unless said */
  readonly deviceId?: string;
  /** sound that somebody else captures, and ends */
  readonly stream?: MediaStream;
}

/**
 * Opens a microphone, or a stream, into an AudioWorklet. Throws SottoError `microphone_*`; the device is freed on every
 * way out.
 */
export async function openMicrophone({ deviceId, stream: given }: MicrophoneChoice): Promise<Microphone> {
  // Of a stream that is somebody else's, copies of its tracks: ours end with us, theirs go on.
  const stream = given === undefined ? await capture(deviceId) : new MediaStream(copies(given));
  const context = new AudioContext({ latencyHint: 'interactive' });
  const free = async () => {
    for (const track of stream.getTracks()) track.stop();
    if (context.state !== 'closed') await context.close();
  };
  try {
    await context.audioWorklet.addModule(captureUrl);
    const node = new AudioWorkletNode(context, 'sotto-capture', { numberOfInputs: 1, numberOfOutputs: 0 });
    const { port1, port2 } = new MessageChannel();
    node.port.postMessage({ port: port1 }, [port1]);
    context.createMediaStreamSource(stream).connect(node);
    if (context.state === 'suspended') await context.resume();
    const track = stream.getAudioTracks()[0];
    if (track === undefined) throw new SottoError('microphone_missing');
    let stopped = false;
    return {
      port: port2,
      rate: context.sampleRate,
      label: track.label,
      lost: new Promise((resolve) => track.addEventListener('ended', () => resolve(), { once: true })),
      async stop() {
        if (stopped) return;
        stopped = true;
        // The worklet hands over what it has gathered before the context goes away.
        const flushed = new Promise<void>((resolve) => {
          node.port.onmessage = () => resolve();
        });
        node.port.postMessage({ stop: true });
        for (const each of stream.getTracks()) each.stop();
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

function copies(stream: MediaStream): MediaStreamTrack[] {
  const tracks = stream.getAudioTracks().map((track) => track.clone());
  if (tracks.length === 0) throw new SottoError('no_audio_track');
  // A copy does not end with its original by itself.
  stream.getAudioTracks().forEach((track, index) => {
    track.addEventListener('ended', () => {
      tracks[index]?.stop();
      tracks[index]?.dispatchEvent(new Event('ended'));
    });
  });
  return tracks;
}
