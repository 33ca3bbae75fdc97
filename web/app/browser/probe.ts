/** Asks the browser itself what it has. Its name, which it may say as it likes, is not looked at. */
import type { Browser, Has } from './features.ts';

/** What files mostly hold; PCM needs no decoder. */
const CODECS: Readonly<Record<string, AudioDecoderConfig>> = {
  AAC: { codec: 'mp4a.40.2', sampleRate: 44_100, numberOfChannels: 2 },
  MP3: { codec: 'mp3', sampleRate: 44_100, numberOfChannels: 2 },
  Opus: { codec: 'opus', sampleRate: 48_000, numberOfChannels: 2 },
};

const yes = (has: boolean): Has => (has ? 'yes' : 'no');

export async function probe(): Promise<Browser> {
  const [webgpu, store, codecs] = await Promise.all([hasAdapter(), hasFileSystem(), missingCodecs()]);
  // Undefined on pages that are not secure, and in browsers that lack them, whatever the types say.
  const { mediaDevices, locks, serviceWorker, share } = navigator as Partial<Navigator>;
  const constraints: object = mediaDevices?.getSupportedConstraints() ?? {};
  return {
    codecs,
    has: {
      microphone: yes(mediaDevices?.getUserMedia !== undefined && 'AudioWorkletNode' in window),
      files: codecs.length === Object.keys(CODECS).length ? 'no' : codecs.length === 0 ? 'yes' : 'partly',
      store,
      webgpu,
      threads: yes(crossOriginIsolated && 'SharedArrayBuffer' in window),
      offline: yes(serviceWorker !== undefined),
      tabs: yes(locks !== undefined),
      // Who can leave out a tab's own sound can capture it.
      tabSound: yes(
        mediaDevices !== undefined &&
          'getDisplayMedia' in mediaDevices &&
          'suppressLocalAudioPlayback' in constraints,
      ),
      window: yes('documentPictureInPicture' in window),
      share: yes(share !== undefined),
    },
  };
}

async function hasAdapter(): Promise<Has> {
  const gpu: GPU | undefined = navigator.gpu;
  try {
    return yes(((await gpu?.requestAdapter()) ?? null) !== null);
  } catch {
    return 'no'; // whatever the reason, it cannot be used
  }
}

/** Private windows of some browsers have the interface and refuse its use. */
async function hasFileSystem(): Promise<Has> {
  const { storage } = navigator as Partial<Navigator>;
  try {
    return yes((await storage?.getDirectory()) !== undefined);
  } catch {
    return 'no';
  }
}

async function missingCodecs(): Promise<string[]> {
  if (!('AudioDecoder' in window)) return Object.keys(CODECS);
  const missing: string[] = [];
  for (const [name, config] of Object.entries(CODECS)) {
    try {
      if ((await AudioDecoder.isConfigSupported(config)).supported !== true) missing.push(name);
    } catch {
      missing.push(name); // it does not even know what that is
    }
  }
  return missing;
}
