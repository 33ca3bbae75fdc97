/** What a CTC model is fed: the waveform (wav2vec2) or a log-mel spectrogram of it (Parakeet). */
import { createNemoMel, type NemoMelShape } from '../audio/nemo-mel.ts';
import { paddedLength, sampleTensor, standardized, wholeMask } from './raw-samples.ts';
import type { SessionPort, TensorLedger, TensorMap } from './sessions.ts';

export type CtcInput =
  /** `normalize`: each window's samples with mean 0 and variance 1 */
  { readonly kind: 'waveform'; readonly normalize: boolean } | ({ readonly kind: 'log-mel' } & NemoMelShape);

/** Feeds for windows that are equally long. The caller frees them. */
export type CtcFeeds = (windows: readonly Float32Array[]) => TensorMap;

export function createCtcFeeds(input: CtcInput, session: SessionPort, ledger: TensorLedger): CtcFeeds {
  const masked = session.inputNames.includes('attention_mask');
  if (input.kind === 'waveform') {
    return (windows) => {
      const values = sampleTensor(ledger, input.normalize ? windows.map(standardized) : windows);
      return {
        input_values: values,
        ...(masked ? { attention_mask: wholeMask(ledger, values.dims) } : {}),
      };
    };
  }
  const mel = createNemoMel(input);
  return (windows) => {
    const features = windows.map((samples) => mel(lengthened(samples)));
    const { frames, sounding } = features[0]!;
    const values = new Float32Array(windows.length * frames * input.nMels);
    const mask = new BigInt64Array(windows.length * frames);
    features.forEach((row, i) => {
      values.set(row.values, i * row.values.length);
      mask.fill(1n, i * frames, i * frames + sounding);
    });
    return {
      input_features: ledger.make('float32', values, [windows.length, frames, input.nMels]),
      ...(masked ? { attention_mask: ledger.make('int64', mask, [windows.length, frames]) } : {}),
    };
  };
}

function lengthened(samples: Float32Array): Float32Array {
  const length = paddedLength(samples.length);
  if (length === samples.length) return samples;
  const padded = new Float32Array(length);
  padded.set(samples);
  return padded;
}
