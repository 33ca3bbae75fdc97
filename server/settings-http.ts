/** What an operator can set about the HTTP side. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { ANY_HOST } from './http/host-rules.ts';
import { numberFrom, SettingError, type SettingValues } from './settings.ts';

const NONE = 'none';
const OWN = 'own';
const words = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

export const HTTP_SETTINGS = {
  maxUploadBytes: {
    variable: 'ASR_MAX_UPLOAD_MB',
    fallback: '200',
    help: 'largest file taken, in MB',
    read: numberFrom({ from: 0.001, to: 100_000, unit: 2 ** 20 }),
  },
  uploadTotalMs: {
    variable: 'ASR_UPLOAD_TIMEOUT_MS',
    fallback: '300000',
    help: 'longest time for one upload',
    read: numberFrom({ from: 100, to: 86_400_000 }),
  },
  uploadIdleMs: {
    variable: 'ASR_UPLOAD_IDLE_MS',
    fallback: '15000',
    help: 'longest silence within an upload',
    read: numberFrom({ from: 50, to: 3_600_000 }),
  },
  spoolParent: {
    variable: 'ASR_SPOOL_DIR',
    fallback: tmpdir(),
    help: 'folder in which uploads lie while they are read, in a private folder',
    read: existingFolder,
  },
  corsOrigins: {
    variable: 'ASR_CORS_ORIGINS',
    fallback: NONE,
    help: 'other origins whose pages may use /v1: https://a.example,https://b.example or *',
    read: readOrigins,
  },
  /** undefined: as where it listens asks for */
  hosts: {
    variable: 'SOTTO_HOSTS',
    fallback: OWN,
    help: 'names by which it may be asked, as behind a proxy: speech.example, with commas, or *; own: on a loopback address localhost alone, else any',
    read: readHosts,
  },
  modelAliases: {
    variable: 'ASR_MODEL_ALIASES',
    fallback: 'whisper-1',
    help: 'further names of models: NAME (that of ASR_MODEL) or NAME=ID, with commas; or none',
    read: readAliases,
  },
  keepAliveMs: {
    variable: 'ASR_SSE_KEEP_ALIVE_MS',
    fallback: '10000',
    help: 'time between comments in an event stream that has nothing else to say',
    read: numberFrom({ from: 10, to: 600_000 }),
  },
} as const;

export type HttpSettings = SettingValues<typeof HTTP_SETTINGS>;

function existingFolder(text: string): string {
  if (!existsSync(text)) throw new SettingError('a folder that exists');
  return resolve(text);
}

function readOrigins(text: string): readonly string[] {
  if (text === NONE) return [];
  const origins = words(text);
  for (const origin of origins) {
    const valid = origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin);
    if (!valid) throw new SettingError('a list of origins such as https://a.example, or *');
  }
  return origins;
}

function readHosts(text: string): readonly string[] | undefined {
  if (text === OWN) return undefined;
  const names = words(text).map((name) => name.toLowerCase());
  if (names.length === 0 || !names.every((name) => name === ANY_HOST || /^[a-z\d_.-]+$/.test(name))) {
    throw new SettingError('a list of host names without ports such as speech.example, or *');
  }
  return names;
}

/** Names to ids; undefined: the loaded model. */
function readAliases(text: string): ReadonlyMap<string, string | undefined> {
  if (text === NONE) return new Map();
  return new Map(
    words(text).map((word) => {
      const [name = '', id, ...more] = word.split('=');
      if (name === '' || id === '' || more.length > 0) throw new SettingError('a list of NAME or NAME=ID');
      return [name, id] as const;
    }),
  );
}
