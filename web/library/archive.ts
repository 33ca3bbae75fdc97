/** Everything that is kept as one file, and back: `library.json` and `sound/<id>` in a ZIP. */
import { isStoredDocument, type StoredDocument } from '../../shared/edit/stored.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { JobJournal, Note, Recording } from './port.ts';
import type { Packed } from './sound-protocol.ts';
import { readZip } from './zip-reader.ts';

export interface Kept {
  readonly recording: Recording;
  readonly journal: JobJournal;
  readonly segments: readonly Segment[];
  /** where it was edited */
  readonly document?: StoredDocument;
  /** not in archives of before there were any */
  readonly notes?: readonly Note[];
}

const FORMAT = 'sotto-library';
const VERSION = 1;
const INDEX = 'library.json';
const soundName = (id: string) => `sound/${id}`;
/** Names of files come from it. */
const ID = /^[\w-]{1,64}$/;

/** What goes on now stands as stopped in the archive. */
export function packed(all: readonly Kept[]): Packed[] {
  const recordings = all.map((kept) => ({ ...kept, recording: atRest(kept.recording) }));
  return [
    { name: INDEX, text: JSON.stringify({ format: FORMAT, version: VERSION, recordings }) },
    ...all
      .filter(({ recording }) => hasSound(recording))
      .map(({ recording: { id } }) => ({ name: soundName(id), file: id })),
  ];
}

export const hasSound = ({ sound }: Recording): boolean => sound === 'whole' || sound === 'cut';

const atRest = (recording: Recording): Recording => ({
  ...recording,
  state: recording.state === 'done' ? 'done' : 'stopped',
  ...(hasSound(recording) ? {} : { sound: 'none', bytes: 0 }),
});

/** Throws RangeError when it is not such a file. */
export async function unpacked(
  archive: Blob,
): Promise<readonly (Kept & { readonly sound: Blob | undefined })[]> {
  const files = await readZip(archive);
  const index: unknown = JSON.parse((await files.get(INDEX)?.text()) ?? 'null');
  if (!isIndex(index)) throw new RangeError('not an archive of Sotto');
  return index.recordings.map((kept) => {
    if (!isKept(kept)) throw new RangeError('an archive whose contents are damaged');
    return { ...kept, sound: files.get(soundName(kept.recording.id)) };
  });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isIndex = (value: unknown): value is { readonly recordings: readonly unknown[] } =>
  isObject(value) && value.format === FORMAT && value.version === VERSION && Array.isArray(value.recordings);

function isKept(value: unknown): value is Kept {
  if (!isObject(value)) return false;
  const { recording, journal, segments, document, notes } = value;
  return (
    isObject(recording) &&
    typeof recording.id === 'string' &&
    ID.test(recording.id) &&
    typeof recording.name === 'string' &&
    ['live', 'file', 'url'].includes(String(recording.kind)) &&
    ['done', 'stopped'].includes(String(recording.state)) &&
    [recording.createdAt, recording.seconds, recording.bytes].every(Number.isFinite) &&
    (recording.begunAt === undefined || Number.isFinite(recording.begunAt)) &&
    (recording.session === undefined || isSession(recording.session)) &&
    isObject(journal) &&
    journal.id === recording.id &&
    typeof journal.model === 'string' &&
    typeof journal.language === 'string' &&
    isObject(journal.options) &&
    Array.isArray(segments) &&
    segments.every(isSegment) &&
    (document === undefined || isStoredDocument(document)) &&
    (notes === undefined || (Array.isArray(notes) && notes.every(isNote)))
  );
}

const isSegment = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.text === 'string' &&
  [value.id, value.start, value.end].every(Number.isFinite);

const isSession = (value: unknown): boolean =>
  isObject(value) && typeof value.id === 'string' && typeof value.speaker === 'string';

const isNote = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.id === 'string' &&
  typeof value.text === 'string' &&
  Number.isFinite(value.at);
