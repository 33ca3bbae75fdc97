/** Who asks, and for how much: live streams that speak and pause, or files that come at random. */
import type { Clock } from '../../shared/queue/port.ts';
import type { Chance } from './chance.ts';
import type { SimulatedRequest } from './simulated-workers.ts';

export type Demand =
  /** live at the same time; each says utterances of `seconds` in the mean, and speaks for `speechShare` of its time */
  | {
      readonly kind: 'streams';
      readonly streams: number;
      readonly seconds: number;
      readonly speechShare: number;
    }
  /** recordings of `seconds` in the mean, of which `speechShare` is speech: silence is not read */
  | {
      readonly kind: 'files';
      readonly perSecond: number;
      readonly seconds: number;
      readonly speechShare: number;
    };

/** Seconds: a live window is at most so long; who speaks on fills the next one (docs/architecture.md). */
export const LIVE_WINDOW = 15;
/** Seconds: Whisper's own window. */
export const FILE_WINDOW = 30;
/** A file of the mean length is simulated as so many windows at most: its first one alone decides its wait. */
const WINDOWS_A_FILE = 8;

/** Requests a second. */
export const requestRate = (demand: Demand): number =>
  demand.kind === 'files' ? demand.perSecond : (demand.streams * demand.speechShare) / demand.seconds;

/** Seconds of speech that one request brings in the mean. */
export const speechOf = (demand: Demand): number =>
  demand.kind === 'files' ? demand.seconds * demand.speechShare : demand.seconds;

/** The same for one of `cells` that share it evenly. */
export function shareOf(demand: Demand, cells: number): Demand {
  return demand.kind === 'files'
    ? { ...demand, perSecond: demand.perSecond / cells }
    : { ...demand, streams: demand.streams / cells };
}

/** Lets them ask from now on, for ever: lengths and pauses are exponential, so that no instant is special. */
export function startDemand(
  demand: Demand,
  { clock, chance }: { readonly clock: Clock; readonly chance: Chance },
  ask: (request: SimulatedRequest) => void,
): void {
  if (demand.kind === 'streams') {
    for (let stream = 0; stream < Math.round(demand.streams); stream += 1) {
      startStream(demand, { clock, chance }, ask);
    }
    return;
  }
  const longest = Math.max(FILE_WINDOW, speechOf(demand) / WINDOWS_A_FILE);
  const arrive = () => {
    ask({ priority: 'file', windows: cut(chance.exponential(speechOf(demand)), longest) });
    clock.after(1000 * chance.exponential(1 / demand.perSecond), arrive);
  };
  clock.after(1000 * chance.exponential(1 / demand.perSecond), arrive);
}

/** A window is asked for when it has been spoken. */
function startStream(
  { seconds, speechShare }: Extract<Demand, { kind: 'streams' }>,
  { clock, chance }: { readonly clock: Clock; readonly chance: Chance },
  ask: (request: SimulatedRequest) => void,
): void {
  const pause = (seconds * (1 - speechShare)) / speechShare;
  const speak = (left = chance.exponential(seconds), longest = LIVE_WINDOW) => {
    const window = Math.min(left, longest);
    clock.after(1000 * window, () => {
      ask({ priority: 'live', windows: [window] });
      if (left > window) speak(left - window);
      else if (pause > 0) clock.after(1000 * chance.exponential(pause), () => speak());
      else speak();
    });
  };
  // At any instant this share of the streams speaks, and what is left of an exponential length is exponential. Some
  // of the first window is over: without that, all long ones would end in the same instant.
  if (chance.next() < speechShare) speak(chance.exponential(seconds), LIVE_WINDOW * (1 - chance.next()));
  else clock.after(1000 * chance.exponential(pause), () => speak());
}

function cut(seconds: number, longest: number): number[] {
  const windows: number[] = [];
  for (let left = seconds; left > 0; left -= longest) windows.push(Math.min(left, longest));
  return windows;
}
