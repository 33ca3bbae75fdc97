/** From what a person chose to a session that runs, and to jobs that are kept. */
import type { Job, Source } from '../../client/transcriber.ts';
import { optionsOf } from '../reading-choice.ts';
import type { ViewParts } from '../view-parts.ts';
import { type CaptionSession, createSession } from './session.ts';
import { type Opening, openMicrophone, openShared, type Side, type Sound, type Unheard } from './sound.ts';

export interface Wanted {
  readonly sides: ReadonlySet<Side>;
  /** of the microphone; the system's choice unless said */
  readonly deviceId: string | undefined;
  /** whether the others are heard besides */
  readonly company: 'alone' | 'beside-others';
}

export interface Opened {
  readonly sounds: ReadonlyMap<Side, Sound>;
  readonly unheard: readonly Unheard[];
}

/** The shared sound is asked for first: browsers allow that question only right after a button was pressed. */
export async function openSounds({ sides, deviceId, company }: Wanted): Promise<Opened> {
  const sounds = new Map<Side, Sound>();
  const unheard: Unheard[] = [];
  const note = (side: Side, opening: Opening): void => {
    if ('sound' in opening) sounds.set(side, opening.sound);
    else unheard.push(opening.unheard);
  };
  if (sides.has('others')) note('others', await openShared());
  if (sides.has('you')) {
    const beside = company === 'beside-others' || sounds.has('others');
    note('you', await openMicrophone(deviceId, beside ? 'beside-others' : 'alone'));
  }
  return { sounds, unheard };
}

export interface Run {
  readonly parts: () => ViewParts;
  /** of what is recorded of a side */
  readonly name: (side: Side) => string;
  readonly speaker: (side: Side) => string;
  /** a job that no library keeps */
  readonly onUnkept: (job: Job) => void;
}

export const now = (): number => performance.timeOrigin + performance.now();

export function startSession({ parts, name, speaker, onUnkept }: Run): CaptionSession {
  const id = crypto.randomUUID();
  return createSession({
    id,
    now,
    start(side, { stream }) {
      const { desk, transcriber, reading, models } = parts();
      const model = models.find((one) => one.id === transcriber.status.model);
      const options = optionsOf(reading, model ?? { languages: ['en'], translates: false });
      const source: Source = { kind: 'live', stream, name: name(side) };
      const job =
        desk?.transcribe(source, options, undefined, { id, speaker: speaker(side) }) ??
        transcriber.transcribe(source, options);
      if (desk?.library?.idOf(job) === undefined) onUnkept(job);
      return job;
    },
    keepNote(job, note) {
      const { library } = parts().desk ?? {};
      const kept = library?.idOf(job);
      if (kept !== undefined) void library?.addNote(kept, note);
    },
  });
}
