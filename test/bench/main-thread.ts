/** How long the page's own thread was busy at a stretch, by Chromium's own account and by the page's. */
import type { CDPSession, Page } from '@playwright/test';

export interface MainThread {
  /** `longtask` entries: only tasks of 50 ms or more have one; milliseconds */
  readonly longTasks: readonly number[];
  /** the longest wait from one animation frame to the next, milliseconds */
  readonly longestFrameGap: number;
  /** the longest tasks by Chromium's trace, longest first, milliseconds; they include time without a core */
  readonly tasks: readonly { readonly wall: number; readonly cpu: number }[];
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** microseconds */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
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
    traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline', '__metadata'] },
  });
  return async () => {
    const events = await endTrace(session);
    const { tasks, gap } = await page.evaluate(() => window.meter);
    return { longTasks: tasks, longestFrameGap: gap, tasks: longestTasks(events) };
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

const KEPT = 5;

/** Of the renderers' main threads. */
function longestTasks(events: readonly TraceEvent[]): MainThread['tasks'] {
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}/${tid}`;
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  return events
    .filter((event) => event.name === 'RunTask' && event.ph === 'X' && mains.has(threadOf(event)))
    .map(({ dur = 0, tdur = dur }) => ({ wall: dur / 1000, cpu: tdur / 1000 }))
    .sort((a, b) => b.wall - a.wall)
    .slice(0, KEPT);
}
