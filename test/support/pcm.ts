/** Fixtures of test/fixtures/audio as 16 kHz samples, and their manifest. */
import { openAsBlob } from 'node:fs';
import { type DecodeOptions, decodeAudio } from '../../shared/media/decode.ts';
import { fixturePath } from './fixtures.ts';
import { registerNodeDecoders } from './node-media.ts';

export { FIXTURES as fixtures, type FixtureSentence, fixture, fixturePath } from './fixtures.ts';

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
