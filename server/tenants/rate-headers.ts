/**
 * `RateLimit-Policy` and `RateLimit`, as draft-ietf-httpapi-ratelimit-headers-11 writes them: lists of structured
 * fields (RFC 9651), each a policy's name as a string with its parameters. Pure.
 */
import { type AudioAnswer, MINUTE_MS, type RateAnswer, type TenantLimits } from './port.ts';

const DAY_SECONDS = 86_400;

/** What holds for a key, the same in every answer; undefined where it has no such limit. */
export function policyHeader(limits: TenantLimits): string | undefined {
  const { requestsPerMinute, jobsAtOnce, sessionsAtOnce, audioSecondsPerDay } = limits;
  return listed([
    requestsPerMinute === undefined ? undefined : `"requests";q=${requestsPerMinute};w=${MINUTE_MS / 1_000}`,
    jobsAtOnce === undefined ? undefined : `"jobs";q=${jobsAtOnce};qu="concurrent-requests"`,
    sessionsAtOnce === undefined ? undefined : `"sessions";q=${sessionsAtOnce};qu="concurrent-requests"`,
    audioSecondsPerDay === undefined
      ? undefined
      : `"audio";q=${Math.floor(audioSecondsPerDay)};w=${DAY_SECONDS};qu="audio-seconds"`,
  ]);
}

export interface Left {
  readonly requests?: RateAnswer;
  readonly audio?: AudioAnswer;
}

/** What is left now, and for how long: whole numbers that promise no more than there is. */
export function leftHeader({ requests, audio }: Left): string | undefined {
  return listed([
    requests === undefined ? undefined : `"requests";r=${requests.remaining};t=${seconds(requests.resetMs)}`,
    audio === undefined || audio.remainingSeconds === Number.POSITIVE_INFINITY
      ? undefined
      : `"audio";r=${Math.floor(audio.remainingSeconds)};t=${seconds(audio.resetMs)}`,
  ]);
}

const seconds = (ms: number): number => Math.ceil(ms / 1_000);

function listed(members: readonly (string | undefined)[]): string | undefined {
  const said = members.filter((member) => member !== undefined);
  return said.length === 0 ? undefined : said.join(', ');
}
