/** What an operator can set about keys and tenants. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { SettingError, type SettingValues } from './settings.ts';
import { whole } from './settings-asr.ts';

const NONE = 'none';
const AUTH = ['auto', 'on', 'off'] as const;
const WATCH = ['key', 'open'] as const;

export type Watch = (typeof WATCH)[number];

function oneOf<const Word extends string>(text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new SettingError(`one of ${words.join(', ')}`);
  return found;
}

export const TENANT_SETTINGS = {
  auth: {
    variable: 'ASR_AUTH',
    fallback: 'auto',
    help: 'whether keys are asked for: on, off, or auto: not on loopback; elsewhere, and it does not start without a key',
    read: (text: string) => oneOf(text, AUTH),
  },
  file: {
    variable: 'ASR_KEYS_DB',
    fallback: join(homedir(), '.local/state/sotto/keys/keys.db'),
    help: 'file of keys and their usage, in a folder that lasts; with --redis both are in Redis',
    read: (text: string): string => resolve(text),
  },
  pageKey: {
    variable: 'ASR_PAGE_KEY',
    fallback: NONE,
    help: 'id (key_…) of the key that visitors of the server’s own page count for; none: the page may not use the server',
    read(text: string): string | undefined {
      if (text === NONE) return undefined;
      if (!/^key_[\w-]+$/.test(text)) throw new SettingError('the id of a key, key_…');
      return text;
    },
  },
  watch: {
    variable: 'ASR_METRICS',
    fallback: 'key',
    help: 'where keys are asked for, who may see /metrics and /health: key (one with the scope metrics) or open',
    read: (text: string): Watch => oneOf(text, WATCH),
  },
  maxTenants: {
    variable: 'ASR_MAX_TENANTS',
    fallback: '8',
    help: 'keys whose recordings are read by turns, each with ASR_MAX_CONCURRENT and ASR_QUEUE_MAX of its own',
    read: whole(1, 1_000),
  },
} as const;

export type TenantSettings = SettingValues<typeof TENANT_SETTINGS>;
