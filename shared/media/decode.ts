/**
 * Any audio or video file to mono 16 kHz, in constant memory: the only file that knows mediabunny.
 * In a browser WebCodecs decodes; in Node the program registers FFmpeg's decoders (`@mediabunny/server`) first.
 */
import {
  ALL_FORMATS,
  type AudioSample,
  AudioSampleSink,
  BlobSource,
  HLS,
  Input,
  type InputAudioTrack,
  InputDisposedError,
  type InputFormat,
  MATROSKA,
  MP3,
  MPEG_TS,
  UrlSource,
  WAVE,
  WEBM,
} from 'mediabunny';
import { SottoError } from '../errors.ts';
import { createAssembler } from './assemble.ts';
import { isProtected, type MediaPhase, mediaError } from './media-errors.ts';
import { createReach, type Reach } from './reach.ts';
import type { MediaInfo, MediaSource } from './source.ts';

export type { BlobMediaSource, MediaInfo, MediaSource, UrlMediaSource } from './source.ts';

export interface DecodeOptions {
  readonly signal?: AbortSignal;
  /** called once, before the first chunk */
  readonly onInfo?: (info: MediaInfo) => void;
}

/** A playlist names other addresses and may never end: not a file. */
const FORMATS = ALL_FORMATS.filter((format) => format !== HLS);
const CACHE_BYTES = 8 * 2 ** 20;
/** Seconds; a file that starts later has a clock of its own, and starts at 0 for us. */
const LATEST_START = 60;
/** LAME's usual delay of 576 samples and the decoder's of 529; the container does not carry it. */
const MP3_PRIMING = 1105;
/** Seconds that a file may be shorter than it says before it counts as truncated. */
const MISSING = 1;
/** "RIFF", big-endian */
const RIFF = 0x5249_4646;

/**
 * Chunks of one second (the last one shorter), times exact from the file's beginning. Nothing is decoded before the
 * consumer asks, and a handful of packets ahead after. Leaving the loop closes everything.
 *
 * Throws SottoError: empty_file, not_media, no_audio_track, protected_media, codec_unsupported, file_unreadable,
 * source_unreachable, cancelled; corrupt_media after everything before the damage was given.
 */
export async function* decodeAudio(
  source: MediaSource,
  options: DecodeOptions = {},
): AsyncGenerator<Float32Array, void> {
  const { signal } = options;
  if (signal?.aborted) throw new SottoError('cancelled');
  if (source.kind === 'blob' && source.blob.size === 0) throw new SottoError('empty_file');
  const reach = createReach(source);
  const input = new Input({ formats: FORMATS, source: open(source, reach) });
  const stop = (): void => input.dispose();
  signal?.addEventListener('abort', stop, { once: true });
  let phase: MediaPhase = 'identify';
  try {
    const format = await input.getFormat();
    phase = 'open';
    const opened = await openTrack(input, format);
    options.onInfo?.(opened.info);
    phase = 'read';
    const assembler = createAssembler();
    let failure: unknown;
    try {
      yield* samplesOf(opened, assembler);
    } catch (thrown) {
      failure = thrown;
    }
    if (signal?.aborted) throw new SottoError('cancelled');
    yield* assembler.end();
    if (failure !== undefined) throw failure;
    await checkEnd(input, opened, assembler.position);
    await checkRiff(source, opened);
  } catch (thrown) {
    if (signal?.aborted || thrown instanceof InputDisposedError) {
      throw new SottoError('cancelled', undefined, { cause: thrown });
    }
    throw reach.failure ?? mediaError(thrown, source, phase);
  } finally {
    signal?.removeEventListener('abort', stop);
    input.dispose();
  }
}

interface OpenedTrack {
  readonly track: InputAudioTrack;
  readonly info: MediaInfo;
  /** seconds of the container's clock that are our 0 */
  readonly origin: number;
}

function open(source: MediaSource, reach: Reach): BlobSource | UrlSource {
  const handleUnhandledError = reach.note;
  if (source.kind === 'blob') {
    return new BlobSource(source.blob, { maxCacheSize: CACHE_BYTES, handleUnhandledError });
  }
  return new UrlSource(source.url, {
    maxCacheSize: CACHE_BYTES,
    parallelism: 1,
    fetchFn: reach.fetch,
    getRetryDelay: reach.retryDelay,
    handleUnhandledError,
    requestInit: { headers: { ...source.headers }, credentials: source.credentials ?? 'same-origin' },
  });
}

async function openTrack(input: Input, format: InputFormat): Promise<OpenedTrack> {
  const track = await input.getPrimaryAudioTrack();
  if (track === null) {
    const tracks = await input.getTracks();
    throw new SottoError(tracks.length === 0 ? 'corrupt_media' : 'no_audio_track', 'no track found');
  }
  const entry = await track.getInternalCodecId();
  if (isProtected(entry)) throw new SottoError('protected_media', String(entry));
  const codec = await track.getCodec();
  if (codec === null || !(await track.canDecode())) {
    throw new SottoError('codec_unsupported', codec ?? (typeof entry === 'string' ? entry : undefined));
  }
  const first = await input.getFirstTimestamp();
  const sampleRate = await track.getSampleRate();
  const ownClock = first > 0 && (format === MPEG_TS || first > LATEST_START);
  const origin = format === MP3 ? MP3_PRIMING / sampleRate : ownClock ? first : 0;
  const end = await input.getDurationFromMetadata([track]);
  const info: MediaInfo = {
    durationSeconds: end === null || !(end > 0) ? undefined : Math.max(0, end - origin),
    sampleRate,
    channels: await track.getNumberOfChannels(),
    codec,
    container: format.name,
  };
  return { track, info, origin };
}

type Assembling = ReturnType<typeof createAssembler>;

/**
 * Reads the track to its end. The sink drops what was decoded ahead when a later packet fails, so it is asked again
 * from where it stopped, as long as that gives anything: nothing readable before the damage is lost.
 */
async function* samplesOf(opened: OpenedTrack, assembler: Assembling): AsyncGenerator<Float32Array, void> {
  const sink = new AudioSampleSink(opened.track);
  let reached = Number.NEGATIVE_INFINITY;
  for (;;) {
    const before = reached;
    try {
      for await (const sample of sink.samples(reached)) {
        const { timestamp, duration, sampleRate } = sample;
        if (timestamp + duration <= reached) {
          sample.close();
          continue;
        }
        const mono = mixDown(sample);
        reached = timestamp + duration;
        yield* assembler.add(mono, sampleRate, timestamp - opened.origin);
      }
      return;
    } catch (thrown) {
      if (thrown instanceof InputDisposedError || reached === before) throw thrown;
    }
  }
}

/** The mean of all channels. Closes the sample. */
function mixDown(sample: AudioSample): Float32Array {
  try {
    const { numberOfFrames, numberOfChannels } = sample;
    const mono = new Float32Array(numberOfFrames);
    sample.copyTo(mono, { planeIndex: 0, format: 'f32-planar' });
    if (numberOfChannels === 1) return mono;
    const plane = new Float32Array(numberOfFrames);
    for (let channel = 1; channel < numberOfChannels; channel++) {
      sample.copyTo(plane, { planeIndex: channel, format: 'f32-planar' });
      for (let i = 0; i < numberOfFrames; i++) mono[i]! += plane[i]!;
    }
    for (let i = 0; i < numberOfFrames; i++) mono[i]! /= numberOfChannels;
    return mono;
  } finally {
    sample.close();
  }
}

/**
 * A truncated file simply ends early: the sound stops well before the length that the file states. Matroska states the
 * length of its longest track only, and the picture may well be longer than the sound.
 */
async function checkEnd(input: Input, opened: OpenedTrack, position: number): Promise<void> {
  const stated = opened.info.durationSeconds;
  if (stated === undefined || position >= stated - MISSING) return;
  const format = await input.getFormat();
  if (format === MATROSKA || format === WEBM) {
    const longest = (await input.computeDuration()) - opened.origin;
    if (longest >= stated - MISSING) return;
  }
  throw new SottoError('corrupt_media', `it ends at ${position.toFixed(1)} s of ${stated.toFixed(1)} s`);
}

/** A truncated WAVE file is taken for a shorter one by then; its header still knows how long it was. */
async function checkRiff(source: MediaSource, opened: OpenedTrack): Promise<void> {
  if (opened.info.container !== WAVE.name || source.kind !== 'blob') return;
  const header = new DataView(await source.blob.slice(0, 8).arrayBuffer());
  const stated = header.getUint32(4, true);
  // 0 and all ones: written as a stream, before the length was known
  if (header.getUint32(0) !== RIFF || stated === 0 || stated >= 0xffff_fff0) return;
  const missing = stated + 8 - source.blob.size;
  if (missing > 1) throw new SottoError('corrupt_media', `${missing} bytes are missing at its end`);
}
