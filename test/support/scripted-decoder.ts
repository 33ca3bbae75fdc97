/**
 * A decoder whose logits a test writes, for what no real model does on demand: a row that is unsure, goes round in
 * circles, or does better the second time. Each row of the encoder's output holds the number of its script.
 */
import type { KvShape } from '../../shared/asr/kv-cache.ts';
import type { MakeTensor, SessionPort, TensorPort } from '../../shared/asr/sessions.ts';

/** Logits by token id, the rest being out of the question; `position` counts from the last of the prompt. */
export type Script = (attempt: number, position: number) => Readonly<Record<number, number>>;

export const SCRIPTED_SHAPE: KvShape = { layers: 1, heads: 1, headSize: 1 };

export interface ScriptedStep {
  /** which script each row of the batch follows */
  readonly rows: readonly number[];
  readonly inputs: readonly number[];
  readonly fetches: readonly string[];
}

export interface ScriptedDecoder {
  readonly decoder: SessionPort;
  readonly makeTensor: MakeTensor;
  readonly steps: ScriptedStep[];
  /** the encoder's output, for rows with these scripts */
  encode(rows: readonly number[]): { data: Float32Array; dims: number[] };
}

export function scriptedDecoder(
  scripts: readonly Script[],
  vocabulary: number,
  location: 'cpu' | 'gpu-buffer' = 'cpu',
): ScriptedDecoder {
  const steps: ScriptedStep[] = [];
  const attempts = scripts.map(() => -1);
  /** tokens of each script's prompt */
  const prompts = scripts.map(() => 1);
  const tensor = (type: string, data: unknown, dims: readonly number[], at = 'cpu'): TensorPort => ({
    type,
    data,
    dims,
    location: at,
    dispose: () => {},
  });
  const inputNames = [
    'input_ids',
    'encoder_hidden_states',
    ...['decoder', 'encoder'].flatMap((source) => [
      `past_key_values.0.${source}.key`,
      `past_key_values.0.${source}.value`,
    ]),
  ];
  const outputNames = inputNames.slice(2).map((name) => name.replace('past_key_values', 'present'));
  const decoder: SessionPort = {
    inputNames,
    outputNames: ['logits', ...outputNames],
    inputMetadata: inputNames.map((name) => ({ name, type: 'float32' })),
    release: async () => {},
    async run(feeds, fetches) {
      const rows = Array.from(feeds.encoder_hidden_states!.data as Float32Array);
      const ids = feeds.input_ids!;
      const [, length = 0] = ids.dims;
      const past = feeds['past_key_values.0.decoder.key']!.dims[2]!;
      steps.push({ rows, inputs: Array.from(ids.data as BigInt64Array, Number), fetches });
      const logits = new Float32Array(rows.length * length * vocabulary).fill(-1000);
      rows.forEach((script, row) => {
        if (past === 0) attempts[script]!++;
        for (let i = 0; i < length; i++) {
          const position = past === 0 ? 0 : past + i - prompts[script]! + 1;
          const values = scripts[script]!(attempts[script]!, position);
          for (const [id, value] of Object.entries(values)) {
            logits[(row * length + i) * vocabulary + Number(id)] = value;
          }
        }
        if (past === 0) prompts[script] = length;
      });
      const present = fetches.filter((name) => name !== 'logits');
      return {
        logits: tensor('float32', logits, [rows.length, length, vocabulary]),
        ...Object.fromEntries(
          present.map((name) => {
            const dims = [rows.length, 1, name.includes('.decoder.') ? past + length : 1, 1];
            const data = new Float32Array(dims.reduce((size, dim) => size * dim, 1));
            return [name, tensor('float32', data, dims, location)];
          }),
        ),
      };
    },
  };
  return {
    decoder,
    steps,
    makeTensor: (type, data, dims) => tensor(type, data, dims, type === 'float32' ? location : 'cpu'),
    encode: (rows) => ({ data: Float32Array.from(rows), dims: [rows.length, 1, 1] }),
  };
}
