/** WAVE (RIFF) files of mono or interleaved sound: written whole, or a header for samples that follow. */

export type WavFormat = 'pcm16' | 'float32';

export interface WavShape {
  /** hertz */
  readonly sampleRate: number;
  readonly channels: number;
  readonly format: WavFormat;
}

const HEADER_BYTES = 44;
const CODES: Record<WavFormat, { readonly tag: number; readonly bytes: number }> = {
  pcm16: { tag: 1, bytes: 2 },
  float32: { tag: 3, bytes: 4 },
};

/** The 44 bytes before `frames` frames of sound. */
export function wavHeader(shape: WavShape, frames: number): Uint8Array<ArrayBuffer> {
  const { tag, bytes } = CODES[shape.format];
  const frameBytes = bytes * shape.channels;
  const dataBytes = frames * frameBytes;
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  ascii(view, 0, 'RIFF');
  view.setUint32(4, HEADER_BYTES - 8 + dataBytes, true);
  ascii(view, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, tag, true);
  view.setUint16(22, shape.channels, true);
  view.setUint32(24, shape.sampleRate, true);
  view.setUint32(28, shape.sampleRate * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, 8 * bytes, true);
  ascii(view, 36, 'data');
  view.setUint32(40, dataBytes, true);
  return new Uint8Array(view.buffer);
}

/** A whole file; samples in [-1, 1], interleaved. What is outside is clipped in pcm16. */
export function writeWav(samples: Float32Array, shape: WavShape): Uint8Array<ArrayBuffer> {
  const { bytes } = CODES[shape.format];
  const file = new Uint8Array(HEADER_BYTES + samples.length * bytes);
  file.set(wavHeader(shape, samples.length / shape.channels));
  const view = new DataView(file.buffer, HEADER_BYTES);
  for (let i = 0; i < samples.length; i++) {
    if (shape.format === 'float32') view.setFloat32(4 * i, samples[i]!, true);
    else view.setInt16(2 * i, Math.round(Math.max(-1, Math.min(32767 / 32768, samples[i]!)) * 32768), true);
  }
  return file;
}

/** A file of one of the two formats. Throws RangeError when it is another. */
export function readWav(file: Uint8Array): WavShape & { readonly samples: Float32Array } {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 12 || text(view, 0) !== 'RIFF' || text(view, 8) !== 'WAVE')
    throw new RangeError('not a WAVE file');
  let shape: WavShape | undefined;
  for (let at = 12; at + 8 <= file.length; ) {
    const size = view.getUint32(at + 4, true);
    if (text(view, at) === 'fmt ') shape = readShape(view, at + 8);
    if (text(view, at) === 'data') {
      if (shape === undefined) throw new RangeError('sound before its format');
      return {
        ...shape,
        samples: readSamples(view, at + 8, Math.min(size, file.length - at - 8), shape.format),
      };
    }
    at += 8 + size + (size % 2);
  }
  throw new RangeError('no sound in the file');
}

function readShape(view: DataView, at: number): WavShape {
  const tag = view.getUint16(at, true);
  const bits = view.getUint16(at + 14, true);
  const format = (['pcm16', 'float32'] as const).find(
    (name) => CODES[name].tag === tag && CODES[name].bytes * 8 === bits,
  );
  if (format === undefined) throw new RangeError(`format ${tag} of ${bits} bits`);
  return { format, channels: view.getUint16(at + 2, true), sampleRate: view.getUint32(at + 4, true) };
}

function readSamples(view: DataView, at: number, size: number, format: WavFormat): Float32Array {
  const { bytes } = CODES[format];
  const samples = new Float32Array(Math.floor(size / bytes));
  for (let i = 0; i < samples.length; i++) {
    samples[i] =
      format === 'float32' ? view.getFloat32(at + 4 * i, true) : view.getInt16(at + 2 * i, true) / 32768;
  }
  return samples;
}

function ascii(view: DataView, at: number, value: string): void {
  for (let i = 0; i < value.length; i++) view.setUint8(at + i, value.charCodeAt(i));
}

function text(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));
}
