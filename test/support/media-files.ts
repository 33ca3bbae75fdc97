/** Media files made on the spot from a fixture, in containers and codecs that the fixtures do not have. */
import { openAsBlob } from 'node:fs';
import {
  AdtsOutputFormat,
  ALL_FORMATS,
  BlobSource,
  BufferTarget,
  Conversion,
  type ConversionAudioOptions,
  EncodedPacket,
  EncodedVideoPacketSource,
  FlacOutputFormat,
  Input,
  MkvOutputFormat,
  MovOutputFormat,
  Mp3OutputFormat,
  Mp4OutputFormat,
  MpegTsOutputFormat,
  OggOutputFormat,
  Output,
  type OutputFormat,
  WavOutputFormat,
  WebMOutputFormat,
} from 'mediabunny';
import { registerNodeDecoders } from './node-media.ts';
import { fixturePath } from './pcm.ts';

const FORMATS = {
  'ogg/opus': [() => new OggOutputFormat(), { codec: 'opus', sampleRate: 48_000 }],
  'ogg/vorbis': [() => new OggOutputFormat(), { codec: 'vorbis', sampleRate: 44_100 }],
  'mkv/opus': [() => new MkvOutputFormat(), { codec: 'opus', sampleRate: 48_000 }],
  'mkv/flac': [() => new MkvOutputFormat(), { codec: 'flac' }],
  'webm/opus': [() => new WebMOutputFormat(), { codec: 'opus', sampleRate: 48_000 }],
  'mov/aac': [() => new MovOutputFormat(), { codec: 'aac', sampleRate: 44_100 }],
  'mov/pcm': [() => new MovOutputFormat(), { codec: 'pcm-s16' }],
  'mp4/aac': [() => new Mp4OutputFormat(), { codec: 'aac', sampleRate: 48_000 }],
  'mp4/fragmented': [
    () => new Mp4OutputFormat({ fastStart: 'fragmented' }),
    { codec: 'aac', sampleRate: 48_000 },
  ],
  'aac/adts': [() => new AdtsOutputFormat(), { codec: 'aac', sampleRate: 48_000 }],
  'mp3/mp3': [() => new Mp3OutputFormat(), { codec: 'mp3', sampleRate: 44_100 }],
  'ts/aac': [() => new MpegTsOutputFormat(), { codec: 'aac', sampleRate: 48_000 }],
  'flac/flac': [() => new FlacOutputFormat(), { codec: 'flac' }],
  'wav/pcm24': [() => new WavOutputFormat(), { codec: 'pcm-s24', sampleRate: 44_100, numberOfChannels: 2 }],
} as const satisfies Record<string, readonly [() => OutputFormat, ConversionAudioOptions]>;

export type MadeFormat = keyof typeof FORMATS;
export const madeFormats = Object.keys(FORMATS) as MadeFormat[];

export async function makeMedia(format: MadeFormat, fixture: string): Promise<Uint8Array<ArrayBuffer>> {
  registerNodeDecoders();
  const [create, audio] = FORMATS[format];
  const source = new BlobSource(await openAsBlob(fixturePath(fixture)));
  const input = new Input({ formats: ALL_FORMATS, source });
  const target = new BufferTarget();
  const output = new Output({ format: create(), target });
  const conversion = await Conversion.init({ input, output, audio: { ...audio, forceTranscode: true } });
  await conversion.execute();
  input.dispose();
  if (target.buffer === null) throw new Error(`nothing was written as ${format}`);
  return new Uint8Array(target.buffer);
}

/** WebM with a picture track and no sound. */
export async function makeVideoOnly(): Promise<Uint8Array<ArrayBuffer>> {
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const video = new EncodedVideoPacketSource('vp8');
  output.addVideoTrack(video);
  await output.start();
  const config = { codec: 'vp8', codedWidth: 16, codedHeight: 16 };
  for (let i = 0; i < 10; i++) {
    const packet = new EncodedPacket(new Uint8Array(32), 'key', i / 10, 0.1);
    await video.add(packet, { decoderConfig: config });
  }
  await output.finalize();
  if (target.buffer === null) throw new Error('nothing was written');
  return new Uint8Array(target.buffer);
}

/** The bytes with each `from` replaced by `to` (ASCII, equally long): another sample entry in an MP4. */
export function relabel(bytes: Uint8Array, from: string, to: string): Uint8Array<ArrayBuffer> {
  const text = Buffer.from(bytes).toString('latin1').replaceAll(from, to);
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/** The bytes with noise over `length` of them, from the given part of the file on. */
export function damage(bytes: Uint8Array<ArrayBuffer>, at: number, length: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  const from = Math.floor(bytes.length * at);
  for (let i = from; i < Math.min(from + length, copy.length); i++) copy[i] = (i * 7919) & 255;
  return copy;
}
