/** What an operator can set about jobs, webhooks and health. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { webhookKey } from './jobs/webhook-signature.ts';
import { numberFrom, SettingError, type SettingValues } from './settings.ts';

export const JOB_SETTINGS = {
  folder: {
    variable: 'ASR_JOBS_DIR',
    fallback: join(homedir(), '.local/state/sotto/jobs'),
    help: 'folder of jobs and their recordings, on a disk that lasts; of one server alone',
    read: (text: string): string => resolve(text),
  },
  ttlMs: {
    variable: 'ASR_JOB_TTL_HOURS',
    fallback: '24',
    help: 'how long finished jobs and their text are kept',
    read: numberFrom({ from: 0.001, to: 100_000, unit: 3_600_000 }),
  },
  fetchMs: {
    variable: 'ASR_FETCH_TIMEOUT_MS',
    fallback: '300000',
    help: 'longest time to fetch a recording that is named by its address',
    read: numberFrom({ from: 100, to: 86_400_000 }),
  },
  allowPrivateUrls: {
    variable: 'ASR_ALLOW_PRIVATE_URLS',
    fallback: 'no',
    help: 'yes: recordings and webhooks may be at private addresses',
    read: yesOrNo,
  },
  webhookSecret: {
    variable: 'ASR_WEBHOOK_SECRET',
    fallback: 'none',
    help: 'signs webhooks of jobs without a secret of their own: whsec_…',
    hidden: true,
    read: secret,
  },
  readyTimeoutMs: {
    variable: 'ASR_READY_TIMEOUT_MS',
    fallback: '5000',
    help: 'longest wait of /health/ready for the engine',
    read: numberFrom({ from: 10, to: 60_000 }),
  },
} as const;

export type JobSettings = SettingValues<typeof JOB_SETTINGS>;

function yesOrNo(text: string): boolean {
  if (['yes', 'true', '1'].includes(text)) return true;
  if (['no', 'false', '0'].includes(text)) return false;
  throw new SettingError('yes or no');
}

function secret(text: string): string | undefined {
  if (text === 'none') return undefined;
  if (webhookKey(text) === undefined) throw new SettingError('whsec_ and the base64 of 24 to 64 bytes');
  return text;
}
