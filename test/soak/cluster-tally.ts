/** What became of everything that many clients asked of many machines. Pure. */
import { ERRORS, type ErrorCode } from '../../shared/errors.ts';
import { type Reply, SILENT } from './client.ts';
import { createPlaceTally, type PlaceTally } from './cluster-places.ts';

export interface ClusterTally {
  served: number;
  refused: number;
  /** accepted and without a result; silent; or answered with what is neither */
  lost: number;
  /** a text that says something twice, or two jobs for one request */
  doubled: number;
  /** connections that ended with their ingress: the client knows at once, and asks another one */
  cut: number;
  /** milliseconds of those at the door: who waited in line was told so for as long */
  readonly refusals: number[];
  readonly places: PlaceTally;
  /** of what was lost or doubled, and of refusals: why, and how often */
  readonly why: Record<string, number>;
}

export const createClusterTally = (): ClusterTally => ({
  served: 0,
  refused: 0,
  lost: 0,
  doubled: 0,
  cut: 0,
  refusals: [],
  places: createPlaceTally(),
  why: {},
});

export type Verdict =
  | { readonly name: 'served' | 'cut' }
  | { readonly name: 'refused' | 'lost' | 'doubled'; readonly why: string };

const REFUSALS: ReadonlySet<string> = new Set(
  Object.entries(ERRORS).flatMap(([code, { status }]) => (status === 503 || status === 429 ? [code] : [])),
);
/** Past every wait that a server may make someone wait before it says no. */
const TIMELY_MS = 30_000;

/** Of one answer to a request that was to be read. */
export function verdictOf(reply: Reply | Error, expected: string): Verdict {
  if (reply instanceof Error) {
    return reply.message === SILENT ? { name: 'lost', why: SILENT } : { name: 'cut' };
  }
  const { status, code, retryMs, ms } = reply;
  if (status === 200) return textVerdict((JSON.parse(reply.body) as { text: string }).text, expected);
  const valid = code !== null && REFUSALS.has(code) && retryMs > 0 && ms <= TIMELY_MS;
  return valid
    ? { name: 'refused', why: code }
    : { name: 'lost', why: `${status} ${code} after ${Math.round(ms)} ms, retry-after-ms ${retryMs}` };
}

/** What is not the undisturbed text has something twice, or something missing. */
export function textVerdict(text: string, expected: string): Verdict {
  const said = text.trim();
  if (said === expected) return { name: 'served' };
  return { name: said.length > expected.length ? 'doubled' : 'lost', why: `the text was "${said}"` };
}

export function countVerdict(tally: ClusterTally, verdict: Verdict, ms?: number): void {
  tally[verdict.name] += 1;
  const atTheDoor = verdict.name === 'refused' && verdict.why !== ('queue_timeout' satisfies ErrorCode);
  if (atTheDoor && ms !== undefined) tally.refusals.push(ms);
  if ('why' in verdict)
    tally.why[`${verdict.name}: ${verdict.why}`] = (tally.why[`${verdict.name}: ${verdict.why}`] ?? 0) + 1;
}
