/** Media that the fixtures lack, made from one of them: other containers and codecs, damaged and odd files. */
import { openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AdtsOutputFormat,
  ALL_FORMATS,
  type AudioCodec,
  AudioSampleSink,
  AudioSampleSource,
  BlobSource,
  BufferTarget,
  FlacOutputFormat,
  Input,
  MkvOutputFormat,
  MovOutputFormat,
  Mp3OutputFormat,
  Mp4OutputFormat,
  OggOutputFormat,
  Output,
  type OutputFormat,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny';
import { fixturePath } from './fixtures.ts';
import { registerNodeDecoders } from './node-media.ts';

interface Variant {
  readonly codec: AudioCodec;
  readonly format: () => OutputFormat;
  readonly video?: 'vp8' | 'vp9' | 'avc';
}

/** By the name of the file it makes. */
export const VARIANTS: Record<string, Variant> = {
  'speech.mp3': { codec: 'mp3', format: () => new Mp3OutputFormat() },
  'speech.aac': { codec: 'aac', format: () => new AdtsOutputFormat() },
  'speech.flac': { codec: 'flac', format: () => new FlacOutputFormat() },
  'speech.ogg': { codec: 'vorbis', format: () => new OggOutputFormat() },
  'speech.opus': { codec: 'opus', format: () => new OggOutputFormat() },
  'film.mp4': { codec: 'aac', format: () => new Mp4OutputFormat(), video: 'avc' },
  'film.mov': { codec: 'aac', format: () => new MovOutputFormat(), video: 'avc' },
  'film.mkv': { codec: 'opus', format: () => new MkvOutputFormat(), video: 'vp8' },
  'film.webm': { codec: 'vorbis', format: () => new WebMOutputFormat(), video: 'vp8' },
};

/** Encodes `fixture` as one of VARIANTS into `folder`; returns its path. */
export async function makeVariant(name: string, folder: string, fixture = 'us-male.wav'): Promise<string> {
  const variant = VARIANTS[name];
  if (variant === undefined) throw new Error(`no variant ${name}`);
  registerNodeDecoders();
  const input = new Input({
    source: new BlobSource(await openAsBlob(fixturePath(fixture))),
    formats: ALL_FORMATS,
  });
  const track = await input.getPrimaryAudioTrack();
  if (track === null) throw new Error(`${fixture} has no sound`);
  const target = new BufferTarget();
  const output = new Output({ format: variant.format(), target });
  const sound = new AudioSampleSource({ codec: variant.codec, bitrate: 96_000 });
  output.addAudioTrack(sound);
  const picture =
    variant.video === undefined
      ? undefined
      : new VideoSampleSource({ codec: variant.video, bitrate: 100_000 });
  if (picture !== undefined) output.addVideoTrack(picture);
  await output.start();
  for await (const sample of new AudioSampleSink(track).samples()) {
    await sound.add(sample);
    sample.close();
  }
  if (picture !== undefined) await addFrames(picture);
  await output.finalize();
  const path = join(folder, name);
  await writeFile(path, new Uint8Array(target.buffer ?? new ArrayBuffer(0)));
  return path;
}

/** An MP4 with a picture and no sound. */
export async function makeVideoOnly(): Promise<Buffer> {
  registerNodeDecoders();
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const picture = new VideoSampleSource({ codec: 'avc', bitrate: 100_000 });
  output.addVideoTrack(picture);
  await output.start();
  await addFrames(picture);
  await output.finalize();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}

/** Two seconds of a picture that grows lighter. */
async function addFrames(picture: VideoSampleSource): Promise<void> {
  for (let frame = 0; frame < 10; frame += 1) {
    const sample = new VideoSample(new Uint8Array(64 * 64 * 4).fill(frame * 20), {
      format: 'RGBA',
      codedWidth: 64,
      codedHeight: 64,
      timestamp: frame / 5,
      duration: 0.2,
    });
    await picture.add(sample);
    sample.close();
  }
}
