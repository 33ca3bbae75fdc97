/** The catalogue's models whose work grows with the sound: Moonshine, and those of one graph (CTC). */
import { PHRASE_PLAN } from '../speech/plans.ts';
import type { ModelEntry } from './catalogue.ts';
import { type Dtypes, FP32, FP32_Q4, FP32_Q8, HUB, type HubModel, INT8, Q8 } from './catalogue-parts.ts';

/**
 * The first convolution reads the waveform, and 8 bits are too few for it (moonshine-ai/moonshine pull 73): fp32. Half
 * floats do not load (transformers.js-examples issue 22).
 */
const MOONSHINE_DTYPES: Dtypes = {
  webgpu: FP32_Q4,
  'webgpu-fp16': FP32_Q4,
  wasm: FP32_Q8,
  cpu: FP32_Q8,
  cuda: FP32,
};
/** 8-bit weights are for the CPU (transformers.js issue 1317); whether half floats and 4 bits do is not known. */
const CTC_DTYPES: Dtypes = { webgpu: FP32, 'webgpu-fp16': FP32, wasm: Q8, cpu: Q8, cuda: FP32 };

const MOONSHINE_TINY = {
  encoder: { fp32: 30_900_000, q8: 7_900_000, q4: 11_000_000 },
  decoder: { fp32: 78_200_000, q8: 20_200_000, q4: 44_400_000 },
};
const MOONSHINE_BASE = {
  encoder: { fp32: 80_800_000, q8: 20_513_063, q4: 28_000_000 },
  decoder: { fp32: 166_000_000, q8: 42_498_870, q4: 68_000_000 },
};

function moonshine({ name, label, revision, weights }: HubModel): ModelEntry {
  return {
    ...HUB,
    id: `onnx-community/${name}`,
    label,
    architecture: 'moonshine',
    revision,
    languages: ['en'],
    tasks: ['transcribe'],
    plan: PHRASE_PLAN,
    dtypes: MOONSHINE_DTYPES,
    sizes: { ...weights, tokenizer: 3_761_751, tokenizerConfig: 135_803 },
    timestamps: 'segment',
    licence: 'MIT',
  };
}

/** Models of one graph; its size stands under `encoder`. */
function ctc({ name, label, revision, weights, licence = 'Apache-2.0' }: HubModel): ModelEntry {
  return {
    ...HUB,
    id: name,
    label,
    architecture: 'ctc',
    revision,
    languages: ['en'],
    tasks: ['transcribe'],
    plan: PHRASE_PLAN,
    dtypes: CTC_DTYPES,
    sizes: { ...weights, tokenizer: 3_000, tokenizerConfig: 300 },
    timestamps: 'word',
    licence,
  };
}

const MOONSHINES: readonly HubModel[] = [
  {
    name: 'moonshine-tiny-ONNX',
    label: 'Moonshine tiny (English)',
    revision: 'a6da1241cd305dcd64eab1edbd615f2bb9aabb95',
    weights: MOONSHINE_TINY,
  },
  {
    name: 'moonshine-base-ONNX',
    label: 'Moonshine base (English)',
    revision: 'b1e9b6aae3c3c7298f10c3798393fdf38e8fbbad',
    weights: MOONSHINE_BASE,
  },
];

const WAV2VEC2: HubModel = {
  name: 'Xenova/wav2vec2-base-960h',
  label: 'wav2vec2 base (English, capitals without punctuation)',
  revision: 'a19f851b3d42865797e410752b4c570c871e4825',
  weights: {
    encoder: { fp32: 377_887_594, fp16: 189_192_204, q8: 95_286_046, q4: 89_834_049 },
    decoder: {},
  },
};

/**
 * The engine runs it. Not offered: its 8-bit weights are for the CPU, whether its 4-bit ones are right on WebGPU is not
 * known, and the others are 1.2 GB and more.
 */
const PARAKEET: ModelEntry = {
  ...ctc({
    name: 'onnx-community/parakeet-ctc-0.6b-ONNX',
    label: 'Parakeet CTC 0.6B (English)',
    revision: '7df2cab7aed886b8b7f80d68a8214007e4847601',
    weights: { encoder: { fp32: 1_300_000, int8: 1_303_007 }, decoder: {} },
    licence: 'CC-BY-4.0',
  }),
  dtypes: { webgpu: FP32, 'webgpu-fp16': FP32, wasm: INT8, cpu: INT8, cuda: FP32 },
  sizes: {
    encoder: { fp32: 1_300_000, int8: 1_303_007 },
    decoder: {},
    beside: { fp32: 2_440_000_000, int8: 610_974_468 },
    tokenizer: 412_363,
    tokenizerConfig: 10_000,
  },
  supported: false,
};

export const MOONSHINE_MODELS: readonly ModelEntry[] = MOONSHINES.map(moonshine);
export const CTC_MODELS: readonly ModelEntry[] = [ctc(WAV2VEC2), PARAKEET];
