import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readSettings, SettingError, settingsHelp } from './settings.ts';
import { ASR_SETTINGS, type AsrSettings } from './settings-asr.ts';
import { CLUSTER_SETTINGS, type ClusterSettings } from './settings-cluster.ts';
import { HTTP_SETTINGS, type HttpSettings } from './settings-http.ts';
import { JOB_SETTINGS, type JobSettings } from './settings-jobs.ts';
import { REALTIME_SETTINGS, type RealtimeSettings } from './settings-realtime.ts';
import { TENANT_SETTINGS, type TenantSettings } from './settings-tenants.ts';

export const DEFAULT_HUB = 'https://huggingface.co';

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface Config {
  readonly host: string;
  /** 0 takes any free port */
  readonly port: number;
  /** base address of the model hub, without a slash at its end */
  readonly hub: string;
  /** absolute path of the built page */
  readonly web: string;
  /** absolute path of a further folder served under /models/, looked into first */
  readonly models?: string;
  readonly log: LogLevel;
  readonly http: HttpSettings;
  readonly jobs: JobSettings;
  readonly asr: AsrSettings;
  readonly realtime: RealtimeSettings;
  readonly tenants: TenantSettings;
  readonly cluster: ClusterSettings;
  /** absolute path of the folder that `sotto models pull` fills; it may not be there yet */
  readonly modelStore: string;
  /** absolute path of the program's own folder */
  readonly root: string;
}

/** Something the operator can put right; its message is one sentence for them. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

export const USAGE = `sotto [--port N] [--host ADDRESS] [--redis URL]
  PORT, HOST      the same as variables (8080, 127.0.0.1)
  SOTTO_HUB       base address of the model hub (${DEFAULT_HUB})
  SOTTO_MODELS    a further folder of models to serve under /models/
  SOTTO_WEB       folder of the built page
  SOTTO_LOG       ${LOG_LEVELS.join(', ')} (silent)
${settingsHelp(HTTP_SETTINGS)}
${settingsHelp(ASR_SETTINGS)}
${settingsHelp(JOB_SETTINGS)}
${settingsHelp(REALTIME_SETTINGS)}
${settingsHelp(TENANT_SETTINGS)}
${settingsHelp(CLUSTER_SETTINGS)}`;

export type Environment = Readonly<Record<string, string | undefined>>;

/** What this process was started with. */
export const started = (): { readonly args: readonly string[]; readonly env: Environment } => ({
  args: process.argv.slice(2),
  env: process.env,
});

/** Reads the command line and the environment; an empty variable counts as unset. Throws StartError. */
export function readConfig(
  argv: readonly string[] = process.argv.slice(2),
  env: Environment = process.env,
): Config {
  const flags = readFlags(argv);
  const models = env.SOTTO_MODELS ? existingFolder('SOTTO_MODELS', env.SOTTO_MODELS) : undefined;
  return {
    host: flags.host || env.HOST || '127.0.0.1',
    port: readPort(flags.port ?? (env.PORT || '8080')),
    hub: readHub(env.SOTTO_HUB || DEFAULT_HUB),
    web: env.SOTTO_WEB ? existingFolder('SOTTO_WEB', env.SOTTO_WEB) : join(packageRoot(), 'dist/web'),
    ...(models === undefined ? {} : { models }),
    log: readLogLevel(env.SOTTO_LOG || 'silent'),
    http: orStartError(() => readSettings(HTTP_SETTINGS, env)),
    jobs: orStartError(() => readSettings(JOB_SETTINGS, env)),
    asr: orStartError(() => readSettings(ASR_SETTINGS, env)),
    realtime: orStartError(() => readSettings(REALTIME_SETTINGS, env)),
    tenants: orStartError(() => readSettings(TENANT_SETTINGS, env)),
    cluster: orStartError(() =>
      readSettings(
        CLUSTER_SETTINGS,
        flags.redis === undefined ? env : { ...env, ASR_REDIS_URL: flags.redis },
      ),
    ),
    modelStore: models ?? join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sotto/models'),
    root: packageRoot(),
  };
}

function orStartError<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof SettingError ? new StartError(error.message) : error;
  }
}

function readFlags(
  argv: readonly string[],
): Readonly<Partial<Record<'port' | 'host' | 'redis', string | undefined>>> {
  try {
    return parseArgs({
      args: [...argv],
      options: { port: { type: 'string' }, host: { type: 'string' }, redis: { type: 'string' } },
    }).values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new StartError(`The port must be a number from 0 to 65535, not "${text}".`);
  return port;
}

function readHub(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) {
    throw new StartError(`SOTTO_HUB must be an http(s) address, not "${text}".`);
  }
  return (url.origin + url.pathname).replace(/\/+$/, '');
}

function readLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (level === undefined) {
    throw new StartError(`SOTTO_LOG must be one of ${LOG_LEVELS.join(', ')}, not "${text}".`);
  }
  return level;
}

function existingFolder(name: string, path: string): string {
  if (!existsSync(path)) throw new StartError(`${name} names a folder that does not exist: ${path}`);
  return resolve(path);
}

/** The folder of package.json: this file runs from server/ and, compiled, from dist/node/server/. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder)
      throw new StartError('package.json was not found above the server; set SOTTO_WEB.');
    folder = parent;
  }
  return folder;
}
