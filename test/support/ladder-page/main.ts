/// <reference types="vite/client" />
/** The page's own transcriber, real workers and all, with a ladder that no visitor can choose: this CPU, then a server. */
import type { RungChange } from '../../../shared/host/events.ts';
import type { Segment } from '../../../shared/transcript/transcript.ts';
import { createLocalTranscriber } from '../../../web/client/local.ts';
import type { LadderStep } from '../../../web/client/rungs.ts';

export interface LadderRead {
  readonly state: string;
  readonly segments: readonly Segment[];
  readonly changes: readonly RungChange[];
}

declare global {
  interface Window {
    readWith(ladder: readonly LadderStep[], server: string, sound: string): Promise<LadderRead>;
    /** final segments of what is being read */
    segmentsSoFar: number;
    /** The page's engine is ended as soon as there are so many final segments, and whatever replaces it once it is ready. */
    killFrom: number;
  }
}

window.segmentsSoFar = 0;
window.killFrom = Number.POSITIVE_INFINITY;

const engines: Worker[] = [];
window.Worker = class extends Worker {
  constructor(address: string | URL, options?: WorkerOptions) {
    super(address, options);
    if (options?.name === 'sotto-engine') engines.push(this);
  }
};
/** As a browser that is short of memory ends them: no event says so. One that never spoke would be missed after minutes. */
const endEngines = () => {
  for (const engine of engines.splice(0)) engine.terminate();
};

window.readWith = async (ladder, server, sound) => {
  window.segmentsSoFar = 0;
  const transcriber = createLocalTranscriber({
    hub: 'https://hub.invalid',
    model: 'sotto-demo-en',
    ladder,
    server: { address: server, models: undefined, allowed: async () => true },
  });
  const strike = () => {
    const { engine } = transcriber.status;
    if (window.segmentsSoFar >= window.killFrom && engine.name === 'ready') endEngines();
  };
  transcriber.subscribe(strike);
  const file = await (await fetch(sound)).blob();
  const job = transcriber.transcribe({ kind: 'file', file, name: 'sound' });
  job.subscribe(({ segments }) => {
    window.segmentsSoFar = segments.length;
    strike();
  });
  const { state, segments } = await job.ended;
  const { changes } = transcriber.status;
  await transcriber.close();
  return { state: state.name, segments, changes };
};
