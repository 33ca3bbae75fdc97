/** What an operator can set about the machine room: model, device, the gate, and what ends a process. */
import { availableParallelism } from 'node:os';
import { findModel, OFFERED } from '../shared/asr/catalogue.ts';
import { numberFrom, SettingError, type SettingValues } from './settings.ts';

const DEVICES = ['auto', 'cuda', 'webgpu', 'cpu'] as const;
const NONE = 'none';
const AUTO = 'auto';

export const ASR_SETTINGS = {
  enabled: {
    variable: 'ASR_ENABLED',
    fallback: 'on',
    help: 'whether the server reads files itself: on, or off to serve the page only',
    read: (text: string) => oneOf(text, ['on', 'off']) === 'on',
  },
  model: {
    variable: 'ASR_MODEL',
    fallback: 'sotto-demo-en',
    help: 'the model that is read with',
    read: knownModel,
  },
  models: {
    variable: 'ASR_MODELS',
    fallback: NONE,
    help: 'what may be asked for besides it: none, all that are here, or ids with commas',
    read: optional((text) => (text === 'all' ? text : knownModels(text))),
  },
  preload: {
    variable: 'ASR_PRELOAD',
    fallback: NONE,
    help: 'those of them that are loaded whenever there is room, with commas; ASR_MODEL always is',
    read: optional(knownModels),
  },
  modelMemoryMb: {
    variable: 'ASR_MODEL_MEMORY_MB',
    fallback: AUTO,
    help: 'for the engines of all models together, in MB; auto: half of what the machine has',
    read: (text: string) => (text === AUTO ? undefined : whole(64, 1e7)(text)),
  },
  device: {
    variable: 'ASR_DEVICE',
    fallback: 'auto',
    help: 'where it runs: auto (the first that works), cuda, webgpu or cpu',
    read: (text: string) => oneOf(text, DEVICES),
  },
  softwareGpu: {
    variable: 'ASR_SOFTWARE_GPU',
    fallback: 'refuse',
    help: 'take a WebGPU adapter that computes on the CPU: refuse or allow',
    read: (text: string) => oneOf(text, ['refuse', 'allow'] as const),
  },
  threads: {
    variable: 'ASR_THREADS',
    fallback: String(Math.max(1, Math.min(8, availableParallelism()))),
    help: 'threads of one operator on the CPU',
    read: whole(1, 256),
  },
  engineCpus: {
    variable: 'ASR_ENGINE_CPUS',
    fallback: NONE,
    help: 'cores that engines are kept to, such as 2-5,7 (Linux, taskset)',
    read: (text: string) => (text === NONE ? undefined : cores(text)),
  },
  lanes: { variable: 'ASR_LANES', fallback: '1', help: 'windows read at once', read: whole(1, 64) },
  spares: {
    variable: 'ASR_SPARES',
    fallback: '1',
    help: 'second engines, loaded and idle, that take over at once: 0 or 1',
    read: (text: string) => (oneOf(text, ['0', '1']) === '1' ? 1 : 0),
  },
  maxConcurrent: {
    variable: 'ASR_MAX_CONCURRENT',
    fallback: '1',
    help: 'jobs active at once, sharing batches; 1 is strictly one after another',
    read: whole(1, 1_000),
  },
  queueMax: { variable: 'ASR_QUEUE_MAX', fallback: '3', help: 'jobs that may wait', read: whole(0, 100_000) },
  maxWaitMs: {
    variable: 'ASR_MAX_WAIT_MS',
    fallback: '8000',
    help: 'longest wait for a turn',
    read: numberFrom({ from: 0, to: 86_400_000 }),
  },
  maxAudioSeconds: {
    variable: 'ASR_MAX_AUDIO_SECONDS',
    fallback: '14400',
    help: 'longest recording, in seconds of what is really decoded',
    read: numberFrom({ from: 1, to: 1e7 }),
  },
  decoderStallMs: {
    variable: 'ASR_DECODER_STALL_MS',
    fallback: '20000',
    help: 'a decoder that says nothing for so long is replaced',
    read: numberFrom({ from: 100, to: 3_600_000 }),
  },
  decoderMemoryMb: {
    variable: 'ASR_DECODER_MEMORY_MB',
    fallback: '1024',
    help: 'a decoder over it is ended, in MB',
    read: whole(64, 1e6),
  },
  engineMemoryMb: {
    variable: 'ASR_ENGINE_MEMORY_MB',
    fallback: NONE,
    help: 'an engine over it is replaced between batches, in MB',
    read: optional(whole(64, 1e6)),
  },
  engineGrowthMb: {
    variable: 'ASR_ENGINE_GROWTH_MB',
    fallback: '1024',
    help: 'an engine that grew by so much is replaced between batches, in MB',
    read: optional(whole(16, 1e6)),
  },
  recycleWindows: {
    variable: 'ASR_RECYCLE_WINDOWS',
    fallback: '10000',
    help: 'so is one that has read so many windows',
    read: optional(whole(1, 1e9)),
  },
} as const;

export type AsrSettings = SettingValues<typeof ASR_SETTINGS>;

function oneOf<const Word extends string>(text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new SettingError(`one of ${words.join(', ')}`);
  return found;
}

const catalogue = () => `of the catalogue (${OFFERED.map(({ id }) => id).join(', ')})`;

function knownModel(text: string): string {
  if (findModel(text)?.supported !== true) throw new SettingError(`a model ${catalogue()}`);
  return text;
}

function knownModels(text: string): readonly string[] {
  const ids = text.split(/[\s,]+/).filter((id) => id !== '');
  if (!ids.every((id) => findModel(id)?.supported)) throw new SettingError(`models ${catalogue()}`);
  return [...new Set(ids)];
}

export function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= from && value <= to)) throw new SettingError(`a whole number from ${from} to ${to}`);
    return value;
  };
}

function optional<Value>(read: (text: string) => Value): (text: string) => Value | undefined {
  return (text) => (text === NONE ? undefined : read(text));
}

function cores(text: string): string {
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) throw new SettingError(`${NONE}, or cores such as 2-5,7`);
  return text;
}
