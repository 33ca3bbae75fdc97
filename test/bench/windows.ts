/** Stretches of the fixtures' speech as the ear would cut them for a model. */
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { fixture, loadFixture } from '../support/pcm.ts';

export interface BenchWindow {
  /** one sentence, padded as a pause pads it; or as many sentences as the model's window takes */
  readonly kind: 'sentence' | 'filled';
  /** mono 16 kHz */
  readonly samples: Float32Array;
}

/** seconds kept before and after a sentence */
const MARGIN = 0.3;

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Each sentence of a fixture by itself, the first `count`. */
export async function sentences(path: string, count: number): Promise<BenchWindow[]> {
  const spans = (fixture(path).sentences ?? []).slice(0, count);
  return cut('sentence', await loadFixture(path), spans);
}

/** As many whole sentences as fit into `seconds`, the first `count` such windows. */
export async function filled(path: string, count: number, seconds: number): Promise<BenchWindow[]> {
  const spans: { start: number; end: number }[] = [];
  for (const { start, end } of fixture(path).sentences ?? []) {
    const last = spans.at(-1);
    if (last !== undefined && end + MARGIN - (last.start - MARGIN) <= seconds) last.end = end;
    else spans.push({ start, end });
  }
  return cut('filled', await loadFixture(path), spans.slice(0, count));
}

function cut(kind: BenchWindow['kind'], samples: Float32Array, spans: readonly Span[]): BenchWindow[] {
  return spans.map(({ start, end }) => ({
    kind,
    samples: samples.slice(
      Math.max(0, Math.round((start - MARGIN) * SAMPLE_RATE)),
      Math.round((end + MARGIN) * SAMPLE_RATE),
    ),
  }));
}

export const secondsOf = (windows: readonly BenchWindow[]): number =>
  windows.reduce((total, { samples }) => total + samples.length, 0) / SAMPLE_RATE;
