/** What a program may say instead of an operator: typed values by the settings' own names, no environment. */
import { type Config, type LogLevel, readConfig, StartError } from '../config.ts';
import type { AsrSettings } from '../settings-asr.ts';
import type { HttpSettings } from '../settings-http.ts';
import type { JobSettings } from '../settings-jobs.ts';
import type { RealtimeSettings } from '../settings-realtime.ts';

/** Some of a group's settings; `null` stands for none where that is possible, `undefined` for the default. */
export type Given<Settings> = {
  readonly [Name in keyof Settings]?:
    | Settings[Name]
    | undefined
    | (undefined extends Settings[Name] ? null : never);
};

/** docs/library.md has the names; what they mean and their defaults are those of the variables in docs/operators.md. */
export interface SottoOptions {
  /** a folder of model folders (`onnx-community/whisper-base/…`), looked into first */
  readonly models?: string | undefined;
  /** base address of the model hub that pages are told */
  readonly hub?: string | undefined;
  /** JSON lines on standard output; `silent` unless said */
  readonly log?: LogLevel | undefined;
  /** model, device, queue, and what ends a process */
  readonly asr?: Given<Omit<AsrSettings, 'enabled'>> | undefined;
  /** uploads and origins */
  readonly http?: Given<HttpSettings> | undefined;
  /** durable jobs: only where a `folder` is named */
  readonly jobs?: Given<JobSettings> | undefined;
  /** live sessions */
  readonly realtime?: Given<RealtimeSettings> | undefined;
}

/** Throws StartError with what is wrong. */
export function configOf(options: SottoOptions = {}): Config {
  const { models, hub, log, asr, http, jobs, realtime } = options;
  const config = readConfig([], {
    SOTTO_MODELS: models,
    SOTTO_HUB: hub,
    SOTTO_LOG: log,
    // Of a program that does not ask for jobs, nothing is left on the disk.
    ASR_JOBS_DIR: 'none',
  });
  return {
    ...config,
    asr: overlaid('asr', config.asr, asr),
    http: overlaid('http', config.http, http),
    jobs: overlaid('jobs', config.jobs, jobs),
    realtime: overlaid('realtime', config.realtime, realtime),
  };
}

/** Types do not reach programs in plain JavaScript: names and kinds are checked again. */
function overlaid<Settings extends object>(
  group: string,
  defaults: Settings,
  given: Given<Partial<Settings>> = {},
): Settings {
  const values = Object.entries(given).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const option = `${group}.${name}`;
    if (!Object.hasOwn(defaults, name)) throw new StartError(`There is no option ${option}.`);
    const kind = typeof defaults[name as keyof Settings];
    // Without a default there is nothing to compare with.
    if (value !== null && kind !== 'undefined' && typeof value !== kind) {
      throw new StartError(`The option ${option} must be a ${kind}.`);
    }
    return [[name, value ?? undefined] as const];
  });
  return { ...defaults, ...Object.fromEntries(values) };
}
