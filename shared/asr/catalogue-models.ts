/**
 * The catalogue's data. Sizes are approximate: measured where exact, rounded where taken from the hub's file lists.
 * Commits are those at which the exports are known to be whole; `main` where none is known for certain.
 */
import { SENTENCE_PLAN } from '../speech/plans.ts';
import type { ModelEntry } from './catalogue.ts';
import { type Dtypes, FP16_Q4, FP32, FP32_Q4, HUB, type HubModel, Q4, Q8 } from './catalogue-parts.ts';
import { CTC_MODELS, MOONSHINE_MODELS } from './catalogue-phrases.ts';
import { WHISPER_LANGUAGES, WHISPER_V3_LANGUAGES } from './whisper-languages.ts';

/** q4 is too far from fp32 in a model this small. */
const DEMO_DTYPES: Dtypes = { webgpu: FP32, 'webgpu-fp16': FP32, wasm: Q8, cpu: Q8, cuda: FP32 };
/** q8 decoders give garbage on WebGPU. */
const PLAIN_DTYPES: Dtypes = { webgpu: FP32_Q4, 'webgpu-fp16': FP16_Q4, wasm: Q8, cpu: Q8, cuda: FP32 };
/** The q8 files of these exports do not load on the CPU, and their fp16 files give garbage. */
const WORD_DTYPES: Dtypes = { webgpu: FP32_Q4, 'webgpu-fp16': FP32_Q4, wasm: Q4, cpu: Q4, cuda: FP32 };
/** The fp32 encoder alone is 2.5 GB. */
const TURBO_DTYPES: Dtypes = { webgpu: Q4, 'webgpu-fp16': FP16_Q4, wasm: Q4, cpu: Q4, cuda: FP16_Q4 };

const MULTILINGUAL_TOKENIZER = { tokenizer: 2_480_466, tokenizerConfig: 282_683 };
const ENGLISH_TOKENIZER = { tokenizer: 2_405_679, tokenizerConfig: 282_700 };

const TINY = {
  encoder: { fp32: 32_900_000, fp16: 16_500_000, q8: 10_124_990, q4: 9_000_000 },
  decoder: { fp32: 118_700_000, q8: 30_719_241, q4: 86_800_000 },
};
const BASE = {
  encoder: { fp32: 82_451_730, fp16: 41_300_000, q8: 23_201_297, q4: 18_900_000 },
  decoder: { fp32: 209_000_000, q8: 53_693_315, q4: 123_738_327 },
};
const SMALL = {
  encoder: { fp32: 352_791_798, fp16: 177_000_000, q8: 92_326_127, q4: 66_178_491 },
  decoder: { fp32: 615_000_000, q8: 156_800_000, q4: 233_421_212 },
};
const TURBO = {
  encoder: { fp16: 1_274_000_000, q4: 424_000_000 },
  decoder: { q4: 335_000_000 },
};
const DEMO: ModelEntry = {
  id: 'sotto-demo-en',
  label: 'Sotto demo (English, synthetic voices)',
  architecture: 'whisper',
  source: 'embedded',
  revision: '1',
  languages: ['en'],
  tasks: ['transcribe'],
  windowSeconds: 10,
  plan: SENTENCE_PLAN,
  dtypes: DEMO_DTYPES,
  sizes: {
    encoder: { fp32: 8_143_631, q8: 2_874_545 },
    decoder: { fp32: 6_932_835, q8: 2_544_672 },
    tokenizer: 215_756,
    tokenizerConfig: 464,
  },
  timestamps: 'word',
  // it was never taught <|nospeech|>
  guards: { noSpeech: undefined },
  licence: 'Apache-2.0',
  demo: true,
  recommended: false,
  supported: true,
};

function whisper({ name, label, revision, weights, recommended = false }: HubModel): ModelEntry {
  const words = name.endsWith('_timestamped');
  const english = name.replace('_timestamped', '').endsWith('.en');
  const turbo = name.includes('turbo');
  return {
    ...HUB,
    id: `onnx-community/${name}`,
    label,
    architecture: 'whisper',
    revision,
    languages: english ? ['en'] : turbo ? WHISPER_V3_LANGUAGES : WHISPER_LANGUAGES,
    // Turbo was trained without translation.
    tasks: english || turbo ? ['transcribe'] : ['transcribe', 'translate'],
    dtypes: turbo ? TURBO_DTYPES : words ? WORD_DTYPES : PLAIN_DTYPES,
    sizes: { ...weights, ...(english ? ENGLISH_TOKENIZER : MULTILINGUAL_TOKENIZER) },
    timestamps: words ? 'word' : 'segment',
    licence: turbo ? 'MIT' : 'Apache-2.0',
    recommended,
  };
}

const WHISPERS: readonly HubModel[] = [
  {
    name: 'whisper-base',
    label: 'Whisper base',
    revision: '1846881b6b3a3024392c1eea3ad983695bc23925',
    weights: BASE,
    recommended: true,
  },
  {
    name: 'whisper-tiny',
    label: 'Whisper tiny',
    revision: 'ff4177021cc41f7db950912b73ea4fdf7d01d8e7',
    weights: TINY,
  },
  {
    name: 'whisper-small',
    label: 'Whisper small',
    revision: '36050c46d777d46dc4b5f43f6d90574fc38f8732',
    weights: SMALL,
  },
  {
    name: 'whisper-large-v3-turbo',
    label: 'Whisper large v3 turbo',
    revision: '360ebcde2559d60bb474678be3c1de9ef347d01a',
    weights: TURBO,
  },
  {
    name: 'whisper-tiny.en',
    label: 'Whisper tiny (English)',
    revision: '2575352d61be1bf7225cf8f8b268a4678025fc58',
    weights: TINY,
  },
  {
    name: 'whisper-base.en',
    label: 'Whisper base (English)',
    revision: '51eefc0af78b103839eda9e7e4f4186acc6517fe',
    weights: BASE,
  },
  { name: 'whisper-small.en', label: 'Whisper small (English)', revision: 'main', weights: SMALL },
  {
    name: 'whisper-tiny_timestamped',
    label: 'Whisper tiny, word times',
    revision: '517244293732ee2d58139af5814231b7e6830a0d',
    weights: TINY,
  },
  {
    name: 'whisper-base_timestamped',
    label: 'Whisper base, word times',
    revision: '608c49e61301901684bc36cac8f74b95ff6b5a8e',
    weights: BASE,
  },
  {
    name: 'whisper-small_timestamped',
    label: 'Whisper small, word times',
    revision: '65caa70f294b46e1c33ff820aae6b16d048ab818',
    weights: SMALL,
  },
  {
    name: 'whisper-large-v3-turbo_timestamped',
    label: 'Whisper large v3 turbo, word times',
    revision: 'b3f77bf9a8c4d5ea3415827033d1ffea7955fd9a',
    weights: TURBO,
  },
  {
    name: 'whisper-tiny.en_timestamped',
    label: 'Whisper tiny (English), word times',
    revision: 'aeaa13760958b03fac5062f457d317d3319c3168',
    weights: TINY,
  },
  {
    name: 'whisper-base.en_timestamped',
    label: 'Whisper base (English), word times',
    revision: 'main',
    weights: BASE,
  },
  {
    name: 'whisper-small.en_timestamped',
    label: 'Whisper small (English), word times',
    revision: 'main',
    weights: SMALL,
  },
];

export const MODELS: readonly ModelEntry[] = [
  DEMO,
  ...WHISPERS.map(whisper),
  ...MOONSHINE_MODELS,
  ...CTC_MODELS,
];
