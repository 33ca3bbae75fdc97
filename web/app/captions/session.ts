/** One run of live captions: what is heard, from whom, the pauses and the notes; whatever shows it subscribes. */
import type { Job } from '../../client/transcriber.ts';
import { hasEnded } from '../job-list.ts';
import type { Side, Sound } from './sound.ts';

/** Where it stands. `finishing`: nothing is heard any more, the last words are being read. */
export type Phase = 'listening' | 'paused' | 'finishing' | 'ended';

/** Every legal way from one to the next. */
const NEXT: Record<Phase, readonly Phase[]> = {
  listening: ['paused', 'finishing', 'ended'],
  paused: ['listening', 'finishing', 'ended'],
  finishing: ['ended'],
  ended: [],
};

export interface Track {
  readonly side: Side;
  readonly job: Job;
  /** epoch milliseconds */
  readonly addedAt: number;
  /** `lost`: unplugged, or no longer shared */
  readonly sound: 'open' | 'lost' | 'closed';
}

/** Epoch milliseconds. */
export interface Pause {
  readonly from: number;
  readonly to: number | undefined;
}

export interface SessionNote {
  readonly id: string;
  /** epoch milliseconds */
  readonly at: number;
  readonly text: string;
}

export interface SessionParts {
  readonly id: string;
  /** epoch milliseconds */
  readonly now: () => number;
  readonly start: (side: Side, sound: Sound) => Job;
  /** A note was made: to be kept with this job's recording, at this second of it. */
  readonly keepNote: (
    job: Job,
    note: { readonly id: string; readonly at: number; readonly text: string },
  ) => void;
}

export interface CaptionSession {
  readonly id: string;
  readonly phase: Phase;
  readonly tracks: readonly Track[];
  readonly notes: readonly SessionNote[];
  readonly pauses: readonly Pause[];
  /** epoch milliseconds of its beginning */
  readonly begunAt: number;
  /** Hears one more, as long as it goes on. */
  add(side: Side, sound: Sound): void;
  /** Whether somebody of this side is heard, or could be but for the pause. */
  hears(side: Side): boolean;
  pause(): void;
  resume(): void;
  stop(): void;
  note(text: string): void;
  subscribe(listener: () => void): () => void;
}

/** When second 0 of a track was, as well as is known: epoch milliseconds. */
export const beginOf = ({ job, addedAt }: Track): number => job.snapshot.begunAt ?? addedAt;

export function createSession({ id, now, start, keepNote }: SessionParts): CaptionSession {
  const listeners = new Set<() => void>();
  const sounds = new Map<Job, Sound>();
  const created = now();
  let phase: Phase = 'listening';
  let tracks: readonly Track[] = [];
  let notes: readonly SessionNote[] = [];
  let pauses: readonly Pause[] = [];

  function tell(): void {
    for (const listener of [...listeners]) listener();
  }
  function go(next: Phase): void {
    if (!NEXT[phase].includes(next)) throw new Error(`captions cannot go from ${phase} to ${next}`);
    if (phase === 'paused') pauses = pauses.map((pause) => ({ ...pause, to: pause.to ?? now() }));
    phase = next;
    tell();
  }
  /** Lets go of a job's sound, whatever it was. */
  function silence(job: Job, sound: 'lost' | 'closed'): void {
    sounds.get(job)?.close();
    sounds.delete(job);
    tracks = tracks.map((track) =>
      track.job === job && track.sound === 'open' ? { ...track, sound } : track,
    );
    tell();
  }

  return {
    id,
    get phase() {
      return phase;
    },
    get tracks() {
      return tracks;
    },
    get notes() {
      return notes;
    },
    get pauses() {
      return pauses;
    },
    get begunAt() {
      return tracks.length === 0 ? created : Math.min(...tracks.map(beginOf));
    },
    add(side, sound) {
      const job = start(side, sound);
      sounds.set(job, sound);
      tracks = [...tracks, { side, job, addedAt: now(), sound: 'open' }];
      sound.mute(phase === 'paused');
      job.subscribe(tell);
      void sound.lost.then(() => {
        if (!sounds.has(job)) return;
        job.stop();
        silence(job, 'lost');
      });
      void job.ended.then(() => {
        silence(job, 'closed');
        if (phase !== 'ended' && tracks.every(({ job: { snapshot } }) => hasEnded(snapshot.state)))
          go('ended');
      });
      tell();
    },
    hears: (side) => tracks.some((track) => track.side === side && track.sound === 'open'),
    pause() {
      if (phase !== 'listening') return;
      for (const sound of sounds.values()) sound.mute(true);
      pauses = [...pauses, { from: now(), to: undefined }];
      go('paused');
    },
    resume() {
      if (phase !== 'paused') return;
      for (const sound of sounds.values()) sound.mute(false);
      go('listening');
    },
    stop() {
      if (phase !== 'listening' && phase !== 'paused') return;
      go('finishing');
      for (const { job } of tracks) {
        // What has not begun to listen has no last words to read.
        if (job.snapshot.state.name === 'listening') job.stop();
        else if (!hasEnded(job.snapshot.state) && job.snapshot.state.name !== 'finishing') job.cancel();
      }
    },
    note(text) {
      const [first] = tracks;
      const line = text.trim();
      if (first === undefined || line === '' || phase === 'ended') return;
      const note = { id: crypto.randomUUID(), at: now(), text: line };
      notes = [...notes, note];
      keepNote(first.job, { ...note, at: Math.max(0, (note.at - beginOf(first)) / 1000) });
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
