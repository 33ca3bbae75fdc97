/** Short recordings for a load, each request with one of its own. */
import { readFileSync } from 'node:fs';
import { fixturePath } from '../support/fixtures.ts';

/** 16-bit samples of one channel at 16 kHz. */
export interface Recording {
  readonly name: string;
  readonly samples: Int16Array;
}

const RATE = 16_000;
const WAV_HEADER = 44;
const GAP_SECONDS = 0.6;
const STEP = 1_600;

const SHORT = ['us-male.wav', 'slt-female.wav', 'us-female-question.wav'];

/** Three of a few seconds, and the three in a row, which are more than one window. */
export function recordings(): readonly Recording[] {
  const short = SHORT.map((name) => ({ name, samples: samplesOf(readFileSync(fixturePath(name))) }));
  const gap = new Int16Array(GAP_SECONDS * RATE);
  const parts = short.flatMap(({ samples }) => [samples, gap]);
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return [...short, { name: 'in-a-row.wav', samples: whole }];
}

/**
 * A WAV file that sounds the same and is no other's: the server remembers what has killed two engines, and here that
 * is chance. The lowest bit of one sample in each tenth of a second differs, some 90 dB below full scale.
 */
export function variant({ samples }: Recording, number: number): Buffer {
  const wav = Buffer.alloc(WAV_HEADER + samples.length * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(RATE, 24);
  wav.writeUInt32LE(RATE * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples.length * 2, 40);
  for (const [index, sample] of samples.entries()) {
    const own = number > 0 && index % STEP === number % STEP;
    wav.writeInt16LE(own ? sample ^ 1 : sample, WAV_HEADER + index * 2);
  }
  return wav;
}

function samplesOf(file: Buffer): Int16Array {
  const at = file.indexOf('data', 12) + 8;
  const length = file.readUInt32LE(at - 4);
  return Int16Array.from({ length: length / 2 }, (_, index) => file.readInt16LE(at + index * 2));
}
