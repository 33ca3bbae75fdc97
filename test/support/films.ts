/** Films: a picture beside the sound of a fixture, in the containers that people have. */
import { openAsBlob } from 'node:fs';
import {
  ALL_FORMATS,
  type AudioCodec,
  AudioSampleSink,
  AudioSampleSource,
  BlobSource,
  BufferTarget,
  Input,
  MkvOutputFormat,
  MovOutputFormat,
  Mp4OutputFormat,
  Output,
  type OutputFormat,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny';
import { fixturePath } from './fixtures.ts';
import { registerNodeDecoders } from './node-media.ts';

interface Film {
  readonly sound: AudioCodec;
  readonly picture: 'vp8' | 'avc';
  readonly format: () => OutputFormat;
}

/** By the name of the file it makes. */
export const FILMS: Record<string, Film> = {
  'film.mp4': { sound: 'aac', picture: 'avc', format: () => new Mp4OutputFormat() },
  'film.mov': { sound: 'aac', picture: 'avc', format: () => new MovOutputFormat() },
  'film.mkv': { sound: 'opus', picture: 'vp8', format: () => new MkvOutputFormat() },
  'film.webm': { sound: 'vorbis', picture: 'vp8', format: () => new WebMOutputFormat() },
};

/** One of FILMS, with the sound of `fixture`. */
export async function makeFilm(name: string, fixture: string): Promise<Buffer> {
  const film = FILMS[name];
  if (film === undefined) throw new Error(`no film ${name}`);
  registerNodeDecoders();
  const input = new Input({
    source: new BlobSource(await openAsBlob(fixturePath(fixture))),
    formats: ALL_FORMATS,
  });
  const track = await input.getPrimaryAudioTrack();
  if (track === null) throw new Error(`${fixture} has no sound`);
  const target = new BufferTarget();
  const output = new Output({ format: film.format(), target });
  const sound = new AudioSampleSource({ codec: film.sound, bitrate: 96_000 });
  const picture = new VideoSampleSource({ codec: film.picture, bitrate: 100_000 });
  output.addAudioTrack(sound);
  output.addVideoTrack(picture);
  await output.start();
  for await (const sample of new AudioSampleSink(track).samples()) {
    await sound.add(sample);
    sample.close();
  }
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
