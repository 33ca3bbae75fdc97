/** FLAC files of digital silence: 14 bytes for eight seconds, so that a small file holds hours. */

const RATE = 8_000;
const BLOCK = 65_535;

/** @param frames blocks of 8.19 s that it holds
 *  @param claimed seconds that it says it holds */
export function bombFlac(frames: number, claimed = (frames * BLOCK) / RATE): Uint8Array {
  const bytes = [0x66, 0x4c, 0x61, 0x43, 0x80, 0, 0, 34];
  const samples = BigInt(Math.round(claimed * RATE));
  // sample rate (20 bits), channels - 1 (3), bits - 1 (5), samples (36)
  const facts = (BigInt(RATE) << 44n) | (7n << 36n) | (samples & 0xf_ffff_ffffn);
  bytes.push(BLOCK >> 8, BLOCK & 255, BLOCK >> 8, BLOCK & 255, 0, 0, 0, 0, 0, 0);
  for (let shift = 56n; shift >= 0n; shift -= 8n) bytes.push(Number((facts >> shift) & 255n));
  bytes.push(...new Array<number>(16).fill(0));
  for (let number = 0; number < frames; number++) {
    const header = [0xff, 0xf8, 0x74, 0x02, ...coded(number), (BLOCK - 1) >> 8, (BLOCK - 1) & 255];
    header.push(crc(header, 8, 0x07));
    // a constant subframe of value 0
    const frame = [...header, 0, 0];
    const check = crc(frame, 16, 0x8005);
    bytes.push(...frame, check >> 8, check & 255);
  }
  return Uint8Array.from(bytes);
}

/** As UTF-8 codes a character. */
function coded(number: number): number[] {
  if (number < 0x80) return [number];
  if (number < 0x800) return [0xc0 | (number >> 6), 0x80 | (number & 63)];
  return [0xe0 | (number >> 12), 0x80 | ((number >> 6) & 63), 0x80 | (number & 63)];
}

function crc(bytes: readonly number[], bits: 8 | 16, polynomial: number): number {
  const top = 1 << (bits - 1);
  const mask = (1 << bits) - 1;
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++)
      value = ((value & top) === 0 ? value << 1 : (value << 1) ^ polynomial) & mask;
  }
  return value;
}
