/**
 * How long a file is at least, without decoding it: what a WAVE file says of itself, else what its size tells. A guess
 * that is too long would refuse what is due; one that is too short is corrected as soon as the decoder knows.
 */
import { open } from 'node:fs/promises';

/** Sound in two channels of 16 bits at 48 kHz: hardly any recording has fewer seconds a byte. */
const DENSEST = 192_000;
const HEAD = 4_096;

export async function leastSeconds(path: string): Promise<number> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return waveSeconds(buffer.subarray(0, bytesRead), size) ?? size / DENSEST;
  } finally {
    await file.close();
  }
}

/** Of a RIFF/WAVE file, by its first bytes and its size; undefined for any other, and one that makes no sense. */
export function waveSeconds(head: Buffer, size: number): number | undefined {
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') return undefined;
  let bytesPerSecond = 0;
  for (let at = 12; at + 8 <= head.length; ) {
    const name = head.toString('latin1', at, at + 4);
    const length = head.readUInt32LE(at + 4);
    if (name === 'fmt ' && at + 20 <= head.length) bytesPerSecond = head.readUInt32LE(at + 16);
    if (name === 'data') {
      // A stream that was written to its end says 0 or the greatest number: then it is what there is.
      const sound = Math.min(length === 0 ? Number.POSITIVE_INFINITY : length, size - at - 8);
      return bytesPerSecond > 0 ? sound / bytesPerSecond : undefined;
    }
    at += 8 + length + (length % 2);
  }
  return undefined;
}
