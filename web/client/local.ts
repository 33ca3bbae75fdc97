import { findModel, type ModelEntry } from '../../shared/asr/catalogue.ts';
import { SottoError } from '../../shared/errors.ts';
import type { RungChange, SupervisorState } from '../../shared/host/events.ts';
import type { Rung } from '../../shared/host/host.ts';
import { mayComeBack } from '../../shared/host/policy.ts';
import { createAdmission } from '../../shared/queue/admission.ts';
import { createBatcher } from '../../shared/queue/batcher.ts';
import { createEar } from './ear.ts';
import { createEars } from './ears.ts';
import { createEngineRoom } from './engine-room.ts';
import { startFileJob } from './file-job.ts';
import { watchPace } from './keeping-up.ts';
import { LIMITS } from './limits.ts';
import { startLiveJob } from './live-job.ts';
import type { Bench } from './local-job.ts';
import { earWorker, engineWorker, ortFiles, ownSite, voiceDetector } from './places.ts';
import { createRungs, type LadderStep, type ServerPlace } from './rungs.ts';
import type { TellSent } from './sent.ts';
import type { EngineStatus, Job, TranscribeOptions, Transcriber, TranscriberStatus } from './transcriber.ts';
import { createWorkerHost } from './worker-host.ts';

export type { LadderStep } from './rungs.ts';

export interface LocalOptions {
  /** base URL of the model hub */
  readonly hub: string;
  /** catalogue id of the first model */
  readonly model: string;
  /** the site that has the embedded model, the VAD's, and those that its operator put there; this script's own unless said */
  readonly site?: string;
  /** best first; the default is WebGPU, then WASM: sound goes to a server only where that is said */
  readonly ladder?: readonly LadderStep[];
  /** what the step `server` is; without it that step is passed over */
  readonly server?: ServerPlace;
  /** is told of everything that goes out */
  readonly onSent?: TellSent;
}

/**
 * Threads need shared memory, which needs the page to be isolated. Half the cores: the ear works at the same time,
 * and threads that wait for each other spin, which costs more than they bring where cores are short.
 */
const threads = () =>
  crossOriginIsolated ? Math.min(4, Math.ceil((navigator.hardwareConcurrency || 1) / 2)) : 1;

/** The transcriber whose engine and ear run in this browser. */
export function createLocalTranscriber(options: LocalOptions): Transcriber {
  const site = options.site ?? ownSite();
  let ladder = options.ladder ?? ['webgpu', 'wasm'];
  const listeners = new Set<(status: TranscriberStatus) => void>();
  const jobs = new Set<Job>();
  let model = options.model;
  let changes: readonly RungChange[] = [];
  let storage: TranscriberStatus['storage'] = 'kept';
  let closed = false;

  const rungs = (of: string): Rung[] =>
    createRungs(ladder, of, {
      server: options.server,
      onSent: options.onSent,
      priority: () => (liveJobs() ? 'live' : 'file'),
      worker: (device) =>
        createWorkerHost({
          spawn: engineWorker,
          model: of,
          device,
          hub: options.hub,
          site: new URL('models/', site).href,
          threads: threads(),
          ort: ortFiles,
          onSent: options.onSent,
          onUncached() {
            storage = 'memory-only';
            tell();
          },
        }),
    });
  const liveJobs = () => [...jobs].some(({ snapshot }) => snapshot.source.kind === 'live');

  const room = createEngineRoom({
    rungs,
    onState: tell,
    onChange(change) {
      changes = [...changes, change];
      tell();
    },
    onClimb() {
      changes = changes.filter(({ error }) => !mayComeBack(error.code));
      tell();
    },
  });
  const ears = createEars(() => createEar({ spawn: earWorker, vad: voiceDetector(site), ort: ortFiles }));
  const admission = createAdmission(LIMITS.admission);
  const run = watchPace(room.run, {
    live: liveJobs,
    rung: room.rung,
    now: () => performance.now(),
    onTooSlow: (rung, why) => room.leave(rung, why),
  });
  const batcher = createBatcher({ run, lanes: room.lanes });

  function status(): TranscriberStatus {
    return {
      model,
      engine: engineStatus(room.state()),
      changes,
      waiting: admission.stats().waiting,
      working: [...new Set([...jobs].map(({ snapshot }) => snapshot.model))],
      storage,
    };
  }
  function tell(): void {
    const now = status();
    for (const listener of [...listeners]) listener(now);
  }

  function bench(jobOptions: Bench['options']): Bench {
    const id = jobOptions.model ?? model;
    const entry = findModel(id);
    if (entry === undefined) throw new SottoError('model_unknown', id);
    return {
      admission,
      batcher,
      room,
      model: id,
      plan: entry.plan,
      language: languageOf(entry, jobOptions),
      options: jobOptions,
      ear: ears.take,
      onSent: options.onSent,
    };
  }

  return {
    get status() {
      return status();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    transcribe(source, jobOptions = {}) {
      const job =
        source.kind === 'live'
          ? startLiveJob(source, bench(jobOptions))
          : startFileJob(source, bench(jobOptions));
      jobs.add(job);
      const unsubscribe = job.subscribe((snapshot) => {
        if (snapshot.state.name === 'waiting' || snapshot.state.name === 'preparing') tell();
      });
      void job.ended.then(() => {
        unsubscribe();
        jobs.delete(job);
        if (!closed) ears.makeReady();
        tell();
      });
      tell();
      return job;
    },
    async prepare(signal = new AbortController().signal, of = model) {
      const release = await room.claim(of, signal);
      try {
        const info = await room.retry(of, signal);
        ears.makeReady();
        return info;
      } finally {
        release();
      }
    },
    async useModel(next) {
      if (findModel(next) === undefined) throw new SottoError('model_unknown', next);
      if (next === model) return;
      model = next;
      changes = [];
      storage = 'kept';
      await room.sleep();
      tell();
    },
    useLadder(next) {
      if (next.join() === ladder.join()) return;
      ladder = next;
      changes = [];
      room.renew();
      tell();
    },
    async close() {
      if (closed) return;
      closed = true;
      for (const job of jobs) job.cancel();
      ears.close();
      await admission.close();
      await batcher.close();
      await room.close();
    },
  };
}

/** A model of one language reads everything as that one; others find out what is not said. */
function languageOf(entry: ModelEntry, options: TranscribeOptions): string {
  const [first = 'en', ...others] = entry.languages;
  if (others.length === 0) return first;
  const { language = 'auto' } = options;
  return entry.languages.includes(language) ? language : 'auto';
}

function engineStatus(state: SupervisorState): EngineStatus {
  switch (state.name) {
    case 'idle':
    case 'closed':
      return { name: 'asleep' };
    case 'starting':
      return { name: 'loading', rung: state.rung, progress: state.progress };
    case 'ready':
      return { name: 'ready', rung: state.rung, info: state.info };
    case 'backing-off':
      return { name: 'restarting', rung: state.rung };
    case 'failed':
      return { name: 'failed', error: state.error };
  }
}
