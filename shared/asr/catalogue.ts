/** The models Sotto knows: where they come from, how they run on each device, what they can do. */
import type { WindowPlan } from '../speech/window.ts';
import { MODELS } from './catalogue-models.ts';
import type { Device, Task } from './engine.ts';
import type { DecodingGuards } from './guards.ts';
import type { Dtype } from './sessions.ts';

export interface DtypePair {
  readonly encoder: Dtype;
  readonly decoder: Dtype;
}

/** Where a model runs, as far as its choice of dtypes goes: half floats in shaders make a device of their own. */
export type DtypeDevice = Device | 'webgpu-fp16';

export interface ModelEntry {
  /** hub id (`owner/name`), or the folder's name of an embedded model */
  readonly id: string;
  readonly label: string;
  readonly architecture: 'whisper' | 'moonshine' | 'ctc';
  /** `embedded`: only at this site's own /models/<id>/. `hub`: there if the operator put it there, else at the hub. */
  readonly source: 'embedded' | 'hub';
  /**
   * The commit at the hub, 40 hex digits, or `main` where none is known for certain (the store then pins the commit
   * it finds). Embedded models: a version that changes with the files.
   */
  readonly revision: string;
  /** ISO 639-1 codes (a few of three letters), one for an English-only model */
  readonly languages: readonly string[];
  readonly tasks: readonly Task[];
  /** the longest window read at once, in seconds */
  readonly windowSeconds: number;
  readonly plan: WindowPlan;
  readonly dtypes: Readonly<Record<DtypeDevice, DtypePair>>;
  /** approximate bytes of its files */
  readonly sizes: ModelSizes;
  /** the finest times it can give */
  readonly timestamps: 'segment' | 'word';
  /** thresholds of its own, where the reference's do not fit it */
  readonly guards?: Partial<DecodingGuards>;
  /** SPDX name of what its weights come under */
  readonly licence: string;
  /** made to show the application, not for people's speech */
  readonly demo: boolean;
  /** the one to offer first */
  readonly recommended: boolean;
  /** the engine can run it; false: known, not offered yet */
  readonly supported: boolean;
}

/** Approximate bytes: for what is shown before a download, and for its progress until the server has said more. */
export interface ModelSizes {
  /** of a CTC model its one graph */
  readonly encoder: Readonly<Partial<Record<Dtype, number>>>;
  readonly decoder: Readonly<Partial<Record<Dtype, number>>>;
  /** weights in a file of their own, where they are not in the graph's */
  readonly beside?: Readonly<Partial<Record<Dtype, number>>>;
  readonly tokenizer: number;
  readonly tokenizerConfig: number;
}

/** A file of a model, by its path in the model's folder. */
export interface ModelFile {
  readonly path: string;
  /** approximate; the server's figure counts once known */
  readonly bytes: number;
  /** an optional file may be missing at the source */
  readonly optional: boolean;
}

/** All of them, in the order to offer them, those not yet supported included. */
export const CATALOGUE: readonly ModelEntry[] = MODELS;

/** What a person may choose. */
export const OFFERED: readonly ModelEntry[] = MODELS.filter((entry) => entry.supported);

export function findModel(id: string): ModelEntry | undefined {
  return MODELS.find((entry) => entry.id === id);
}

/** `fp16`: whether the WebGPU adapter has `shader-f16`; other devices ignore it. */
export function chooseDtype(entry: ModelEntry, device: Device, { fp16 }: { fp16: boolean }): DtypePair {
  return entry.dtypes[device === 'webgpu' && fp16 ? 'webgpu-fp16' : device];
}

/** As transformers.js names them (DEFAULT_DTYPE_SUFFIX_MAPPING). */
const SUFFIX: Readonly<Record<Dtype, string>> = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
};

const file = (path: string, bytes: number, optional = false): ModelFile => ({ path, bytes, optional });

/** Everything one way of running a model needs. */
export function modelFiles(entry: ModelEntry, dtype: DtypePair): readonly ModelFile[] {
  return [
    file('config.json', 2_250),
    file('preprocessor_config.json', 340),
    file('tokenizer.json', entry.sizes.tokenizer),
    file('tokenizer_config.json', entry.sizes.tokenizerConfig),
    ...(entry.architecture === 'ctc' ? oneGraph(entry, dtype) : twoGraphs(entry, dtype)),
  ];
}

function twoGraphs({ sizes }: ModelEntry, { encoder, decoder }: DtypePair): readonly ModelFile[] {
  return [
    file('generation_config.json', 3_800, true),
    file(`onnx/encoder_model${SUFFIX[encoder]}.onnx`, sizes.encoder[encoder] ?? 0),
    file(`onnx/decoder_model_merged${SUFFIX[decoder]}.onnx`, sizes.decoder[decoder] ?? 0),
  ];
}

function oneGraph({ sizes }: ModelEntry, { encoder }: DtypePair): readonly ModelFile[] {
  const path = `onnx/model${SUFFIX[encoder]}.onnx`;
  const graph = file(path, sizes.encoder[encoder] ?? 0);
  return sizes.beside === undefined ? [graph] : [graph, file(`${path}_data`, sizes.beside[encoder] ?? 0)];
}

/** Approximate bytes of a download. */
export function downloadBytes(entry: ModelEntry, dtype: DtypePair): number {
  return modelFiles(entry, dtype).reduce((sum, file) => sum + file.bytes, 0);
}
