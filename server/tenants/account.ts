/** One job of a tenant while it lasts: its place among the tenant's jobs, and the audio that it will have read. */
import { ApiError } from '../http/api-error.ts';
import type { Keeper } from './keeper.ts';
import type { AudioAnswer, LimitStore, Tenant } from './port.ts';

export interface Account {
  readonly id: string;
  readonly tenant: Pick<Tenant, 'id' | 'limits'>;
  /** Its reservation becomes `seconds`, where that is more. Throws `quota_used`. */
  reserve(seconds: number): Promise<AudioAnswer>;
  /** So much was read until now: it counts, however it ends. */
  note(seconds: number, model: string): void;
  /** What was noted becomes usage, once. */
  settle(): Promise<void>;
}

export function createAccount(
  id: string,
  tenant: Account['tenant'],
  limits: LimitStore,
  keeper: Keeper,
): Account {
  let reserved = -1;
  let read = { seconds: 0, model: '' };
  return {
    id,
    tenant,
    async reserve(seconds) {
      const perDay = tenant.limits.audioSecondsPerDay;
      const more = Math.max(seconds, reserved, 0);
      const answer = await limits.reserveAudio({ tenant: tenant.id, id }, more, perDay);
      if (!answer.granted) throw quotaUsed(answer);
      reserved = more;
      keeper.reserved(id, { tenant: tenant.id, id, seconds: reserved });
      return answer;
    },
    note(seconds, model) {
      read = { seconds: Math.max(seconds, read.seconds), model };
    },
    async settle() {
      keeper.reserved(id, undefined);
      if (read.model !== '') await limits.settleAudio({ tenant: tenant.id, id, ...read, requests: 1 });
      // Nothing was read: what is left of the reservation lapses.
      else if (reserved >= 0) await limits.reserveAudio({ tenant: tenant.id, id }, 0, undefined);
    },
  };
}

/** Nothing more before the next day: what others reserved and may not use is not promised. */
export const quotaUsed = ({ remainingSeconds, resetMs }: AudioAnswer): ApiError =>
  new ApiError('quota_used', `${Math.floor(remainingSeconds)} s of audio are left until midnight (UTC)`, {
    retryMs: resetMs,
  });
