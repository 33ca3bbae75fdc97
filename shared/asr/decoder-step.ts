/** One run of a merged Whisper decoder over all rows of a batch. */
import type { KvCache } from './kv-cache.ts';
import { output, type SessionPort, type TensorLedger, type TensorPort } from './sessions.ts';

export interface DecoderStep {
  readonly decoder: SessionPort;
  readonly ledger: TensorLedger;
  /** empty before the first step of a text; a step that keeps it adds its own positions */
  readonly cache: KvCache;
  /** [rows, positions, width] */
  readonly encoded: TensorPort;
  /** token ids of all rows, one row after the other, each as long as the others */
  readonly inputs: readonly number[];
  readonly rows: number;
  /** `last`: no step comes after it, so keys and values are not asked for */
  readonly use: 'keep' | 'last';
}

/** Logits [rows, positions, vocabulary], to be freed by the caller. Throws what the session throws. */
export async function runDecoder(step: DecoderStep): Promise<TensorPort> {
  const { decoder, ledger, cache, inputs, rows } = step;
  const ids = ledger.make('int64', BigInt64Array.from(inputs, BigInt), [rows, inputs.length / rows]);
  const feeds: Record<string, TensorPort> = {
    ...cache.feeds(),
    input_ids: ids,
    encoder_hidden_states: step.encoded,
  };
  const made = [ids];
  if (decoder.inputNames.includes('use_cache_branch')) {
    const branch = ledger.make('bool', Uint8Array.of(cache.filled ? 1 : 0), [1]);
    feeds.use_cache_branch = branch;
    made.push(branch);
  }
  const kept = step.use === 'keep' ? cache.fetches() : [];
  const outputs = await ledger.run(decoder, feeds, ['logits', ...kept]);
  if (step.use === 'keep') cache.update(outputs);
  ledger.free(...made);
  return output(outputs, 'logits');
}
