/// <reference types="vite/client" />
/** The page's own transcriber, real workers and all, with a ladder that no visitor can choose: this CPU, then a server. */
import type { RungChange } from '../../../shared/host/events.ts';
import type { Segment } from '../../../shared/transcript/transcript.ts';
import { createLocalTranscriber } from '../../../web/client/local.ts';
import type { LadderStep } from '../../../web/client/rungs.ts';
import type { EngineStatus } from '../../../web/client/transcriber.ts';

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
    /** where its engine stands */
    engineNow: EngineStatus['name'];
  }
}

window.segmentsSoFar = 0;
window.engineNow = 'asleep';
window.readWith = async (ladder, server, sound) => {
  const transcriber = createLocalTranscriber({
    hub: 'https://hub.invalid',
    model: 'sotto-demo-en',
    ladder,
    server: { address: server, models: undefined, allowed: async () => true },
  });
  transcriber.subscribe(({ engine }) => {
    window.engineNow = engine.name;
  });
  const file = await (await fetch(sound)).blob();
  const job = transcriber.transcribe({ kind: 'file', file, name: 'sound' });
  job.subscribe(({ segments }) => {
    window.segmentsSoFar = segments.length;
  });
  const { state, segments } = await job.ended;
  const { changes } = transcriber.status;
  await transcriber.close();
  return { state: state.name, segments, changes };
};
