/** How long the page's own thread was busy at a stretch, by Chromium's own account and by the page's. */
import type { CDPSession, Page } from '@playwright/test';

export interface MainThread {
  /** `longtask` entries: only tasks of 50 ms or more have one; milliseconds */
  readonly longTasks: readonly number[];
  /** the longest wait from one animation frame to the next, milliseconds */
  readonly longestFrameGap: number;
  /** by Chromium's trace, the longest first */
  readonly longestByWall: readonly Task[];
  readonly longestByCpu: readonly Task[];
}

export interface Task {
  /** milliseconds from its begin to its end, whether or not the thread had a core */
  readonly wall: number;
  /** milliseconds it computed */
  readonly cpu: number;
  /** what it did longest: the trace's name of it, with the script or function where it says so */
  readonly inside: string;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** microseconds */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: {
    readonly name?: string;
    readonly data?: { readonly type?: string; readonly functionName?: string; readonly url?: string };
  };
}

declare global {
  interface Window {
    meter: { tasks: number[]; gap: number };
  }
}

/** Source and not a function: the loader of these files adds names to functions, which the page does not know. */
const METER = `
  window.meter = { tasks: [], gap: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) meter.tasks.push(duration);
  }).observe({ type: 'longtask' });
  let last = performance.now();
  requestAnimationFrame(function frame(now) {
    meter.gap = Math.max(meter.gap, now - last);
    last = now;
    requestAnimationFrame(frame);
  });
`;

/** To be called on an open page; the result is what happened between then and the call of the returned function. */
export async function watchMainThread(page: Page): Promise<() => Promise<MainThread>> {
  await page.evaluate(METER);
  const session = await page.context().newCDPSession(page);
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: {
      includedCategories: ['disabled-by-default-devtools.timeline', 'devtools.timeline', '__metadata'],
    },
  });
  return async () => {
    const events = await endTrace(session);
    const { tasks, gap } = await page.evaluate(() => window.meter);
    return { longTasks: tasks, longestFrameGap: gap, ...longestTasks(events) };
  };
}

async function endTrace(session: CDPSession): Promise<TraceEvent[]> {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value as unknown as TraceEvent[]) events.push(event);
  });
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.end');
  await complete;
  return events;
}

const KEPT = 4;

/** Of the renderers' main threads. */
function longestTasks(events: readonly TraceEvent[]): Pick<MainThread, 'longestByWall' | 'longestByCpu'> {
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  const there = events.filter((event) => event.ph === 'X' && mains.has(threadOf(event)));
  const [tasks, parts] = [there.filter(isTask), there.filter((event) => !isTask(event))];
  const longest = (time: (event: TraceEvent) => number): Task[] =>
    [...tasks]
      .sort((a, b) => time(b) - time(a))
      .slice(0, KEPT)
      .map((task) => ({
        wall: wallOf(task) / 1000,
        cpu: cpuOf(task) / 1000,
        inside: longestPart(task, parts),
      }));
  return { longestByWall: longest(wallOf), longestByCpu: longest(cpuOf) };
}

const isTask = ({ name }: TraceEvent) => name === 'RunTask';
const wallOf = ({ dur = 0 }: TraceEvent) => dur;
const cpuOf = ({ dur = 0, tdur = dur }: TraceEvent) => tdur;

/** The innermost of the parts that take more than half of the task. */
function longestPart(task: TraceEvent, parts: readonly TraceEvent[]): string {
  const half = cpuOf(task) / 2;
  const within = parts.filter(
    (part) =>
      part.tid === task.tid && part.ts >= task.ts && part.ts <= task.ts + wallOf(task) && cpuOf(part) > half,
  );
  const [innermost] = within.sort((a, b) => wallOf(a) - wallOf(b));
  if (innermost === undefined) return 'nothing that the trace names';
  const { type, functionName, url } = innermost.args?.data ?? {};
  return [innermost.name, type, functionName, url?.split('/').at(-1)].filter(Boolean).join(' ');
}
