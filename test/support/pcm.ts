/** Fixtures of test/fixtures/audio as 16 kHz samples, and their manifest. */
import { openAsBlob, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DecodeOptions, decodeAudio } from '../../shared/media/decode.ts';
import { registerNodeDecoders } from './node-media.ts';

export interface FixtureSentence {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export interface Fixture {
  readonly path: string;
  readonly text: string;
  readonly group: 'seen' | 'open' | 'unseen' | 'other';
  readonly duration: number;
  readonly sampleRate: number;
  readonly channels: number;
  readonly sentences?: readonly FixtureSentence[];
  readonly modelWer?: number;
}

const FOLDER = new URL('../fixtures/audio/', import.meta.url);

export const fixtures: readonly Fixture[] = (
  JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8')) as { files: Fixture[] }
).files;

export function fixture(path: string): Fixture {
  const found = fixtures.find((file) => file.path === path);
  if (found === undefined) throw new Error(`no fixture ${path}`);
  return found;
}

/** Path on disk of a fixture, of `real/` ones too. */
export function fixturePath(path: string): string {
  return fileURLToPath(new URL(path, FOLDER));
}

export async function* fixtureChunks(
  path: string,
  options: DecodeOptions = {},
): AsyncGenerator<Float32Array> {
  registerNodeDecoders();
  yield* decodeAudio({ kind: 'blob', blob: await openAsBlob(fixturePath(path)) }, options);
}

export async function loadFixture(path: string): Promise<Float32Array> {
  return joined(fixtureChunks(path));
}

export async function joined(chunks: AsyncIterable<Float32Array>): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return concat(parts);
}

export function concat(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
