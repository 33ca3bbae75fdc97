/** From settings to the machine room. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { OFFERED } from '../shared/asr/catalogue.ts';
import { type Config, StartError } from './config.ts';
import { checkFiles } from './engine/device-files.ts';
import { DEFAULT_ENGINE_LIMITS } from './engine/limits.ts';
import type { ServiceOptions } from './service/service.ts';

const VAD = 'vad/silero_vad_v6_sequence.onnx';

/** Folders that hold model folders, in the order in which they are looked into: those of the operator first. */
export function modelFolders({ models, modelStore, web, root }: Config): readonly string[] {
  const folders = [models, modelStore, join(web, 'models'), join(root, 'public/models')];
  return [...new Set(folders.filter((folder) => folder !== undefined))].filter((folder) =>
    existsSync(folder),
  );
}

/** Path of the Silero model. Throws StartError where the files of the program itself are not there. */
export function voiceDetector({ web, root }: Config): string {
  const vad = [join(web, VAD), join(root, 'public', VAD)].find((path) => existsSync(path));
  if (vad === undefined) throw new StartError(`The voice detector (${VAD}) is missing: run "npm run build".`);
  return vad;
}

/** Throws StartError where engines could not be kept to them: each would end as it starts. */
function usableCores(cpus: string | undefined): string | undefined {
  if (cpus === undefined) return undefined;
  const { error, status, stderr } = spawnSync('taskset', ['-c', cpus, 'true'], { encoding: 'utf8' });
  if (status === 0) return cpus;
  throw new StartError(`ASR_ENGINE_CPUS=${cpus} cannot be kept to: ${(error?.message ?? stderr).trim()}`);
}

/** With the server's own model alone. Throws StartError as `voiceDetector`, and for cores that are not there. */
export function serviceOptions(config: Config): ServiceOptions {
  const { asr, realtime, tenants } = config;
  return {
    vad: voiceDetector(config),
    engine: {
      model: asr.model,
      folders: modelFolders(config),
      device: asr.device,
      threads: asr.threads,
      lanes: asr.lanes,
      cpus: usableCores(asr.engineCpus),
      spares: asr.spares,
      softwareGpu: asr.softwareGpu,
      limits: {
        ...DEFAULT_ENGINE_LIMITS,
        memoryMb: asr.engineMemoryMb,
        growthMb: asr.engineGrowthMb,
        recycleWindows: asr.recycleWindows,
      },
    },
    maxConcurrent: asr.maxConcurrent,
    maxTenants: tenants.maxTenants,
    queueMax: asr.queueMax,
    maxSessions: realtime.maxSessions,
    maxWaitMs: asr.maxWaitMs,
    maxAudioSeconds: asr.maxAudioSeconds,
    decoder: { stallMs: asr.decoderStallMs, memoryMb: asr.decoderMemoryMb },
  };
}

const MIB = 2 ** 20;

/** With every model that may be asked for. Throws StartError. */
export async function pooledOptions(config: Config): Promise<ServiceOptions> {
  const { model, preload = [], modelMemoryMb } = config.asr;
  const others = (await allowed(config)).filter((id) => id !== model);
  const stranger = preload.find((id) => id !== model && !others.includes(id));
  if (stranger !== undefined)
    throw new StartError(`ASR_PRELOAD names ${stranger}, which ASR_MODELS does not.`);
  const memoryBytes = modelMemoryMb === undefined ? halfOfMemory() : modelMemoryMb * MIB;
  return { ...serviceOptions(config), models: { others, preload, memoryBytes } };
}

/** Of `all`, those that are here when it starts. */
async function allowed(config: Config): Promise<readonly string[]> {
  const { models = [] } = config.asr;
  if (models !== 'all') return models;
  const folders = modelFolders(config);
  const here = await Promise.allSettled(OFFERED.map((entry) => checkFiles(folders, entry)));
  return OFFERED.filter((_, index) => here[index]?.status === 'fulfilled').map(({ id }) => id);
}

/** Of the machine, or of the container where that has less. */
function halfOfMemory(): number {
  const limit = process.constrainedMemory();
  return Math.min(totalmem(), limit > 0 ? limit : Number.POSITIVE_INFINITY) / 2;
}
