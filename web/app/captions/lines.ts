/** What is shown of a session, in order of time. Pure. */
import { mergeByTime } from '../../../shared/transcript/merge-by-time.ts';
import { beginOf, type CaptionSession } from './session.ts';
import type { Side } from './sound.ts';

/** Times are seconds from the session's beginning. */
export type CaptionLine =
  | {
      readonly kind: 'said';
      readonly key: string;
      readonly at: number;
      readonly side: Side;
      readonly text: string;
      /** BCP 47, or `auto` */
      readonly language: string;
      /** who and when: where it is another one than before, or some time has passed */
      readonly head: boolean;
    }
  | { readonly kind: 'note'; readonly key: string; readonly at: number; readonly text: string }
  | {
      readonly kind: 'pause';
      readonly key: string;
      readonly at: number;
      /** undefined: it goes on */
      readonly until: number | undefined;
    };

/** What is being said: `committed` does not change any more, `tentative` may. */
export interface OpenLine {
  readonly key: string;
  readonly side: Side;
  readonly committed: string;
  readonly tentative: string;
  readonly language: string;
}

type Shown = Pick<CaptionSession, 'tracks' | 'notes' | 'pauses' | 'begunAt'>;

/** Seconds after which a line has its time again, though the same one speaks. */
const HEAD_EVERY = 30;

export function linesOf({ tracks, notes, pauses, begunAt }: Shown): CaptionLine[] {
  const since = (epoch: number) => (epoch - begunAt) / 1000;
  const said = tracks.map((track) => {
    const { job, side } = track;
    const from = since(beginOf(track));
    return job.snapshot.segments.map(
      ({ id, start, text }): CaptionLine => ({
        kind: 'said',
        key: `${job.id}:${id}`,
        at: from + start,
        side,
        text,
        language: job.snapshot.language,
        head: false,
      }),
    );
  });
  return headed(
    mergeByTime<CaptionLine>(
      [
        ...said,
        notes.map(({ id, at, text }) => ({ kind: 'note', key: id, at: since(at), text })),
        pauses.map(({ from, to }) => ({
          kind: 'pause',
          key: `pause:${from}`,
          at: since(from),
          until: to === undefined ? undefined : since(to),
        })),
      ],
      ({ at }) => at,
    ),
  );
}

export function openLinesOf({ tracks }: Pick<Shown, 'tracks'>): OpenLine[] {
  return tracks.flatMap(({ job: { id, snapshot }, side }) => {
    const { committed, tentative } = snapshot.partial;
    if (committed === '' && tentative === '') return [];
    return [{ key: id, side, committed, tentative, language: snapshot.language }];
  });
}

function headed(lines: readonly CaptionLine[]): CaptionLine[] {
  let side: Side | undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  return lines.map((line) => {
    if (line.kind !== 'said') {
      side = undefined; // whoever goes on after it is named again
      return line;
    }
    const head = line.side !== side || line.at - shownAt >= HEAD_EVERY;
    side = line.side;
    if (head) shownAt = line.at;
    return { ...line, head };
  });
}

/** What final text, notes and pauses are made of: other objects where something has changed. */
export const finalOf = (session: Shown | undefined): readonly unknown[] =>
  session === undefined
    ? []
    : [
        session.notes,
        session.pauses,
        ...session.tracks.flatMap((track) => {
          const { segments, language } = track.job.snapshot;
          return [segments, language, beginOf(track)];
        }),
      ];

/** The same of everything that is shown. */
export const shownOf = (session: (Shown & Pick<CaptionSession, 'phase'>) | undefined): readonly unknown[] => [
  session?.phase,
  ...finalOf(session),
  ...(session?.tracks.map(({ job: { snapshot } }) => snapshot.partial) ?? []),
];
