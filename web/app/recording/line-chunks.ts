/** Lines in chunks: what is not in view is not laid out, and a change touches the chunks that it is in alone. Pure. */
import type { EditedSegment } from '../../../shared/edit/document.ts';

export interface Chunk {
  /** stays as long as one of its lines does */
  readonly key: number;
  readonly segments: readonly EditedSegment[];
}

export const CHUNK_LINES = 16;

/** Where the lines are as before, the chunk is the same object as before. */
export function chunked(segments: readonly EditedSegment[], before: readonly Chunk[]): readonly Chunk[] {
  let nextKey = 1 + before.reduce((most, { key }) => Math.max(most, key), 0);
  const chunkOf = new Map<number, Chunk>();
  for (const chunk of before) for (const { id } of chunk.segments) chunkOf.set(id, chunk);
  const chunks: { from: Chunk | undefined; lines: EditedSegment[] }[] = [];
  for (const segment of segments) {
    const last = chunks.at(-1);
    // What is new stays with the line before it.
    const from = chunkOf.get(segment.id) ?? last?.from;
    const full = (last?.lines.length ?? 0) >= (from === undefined ? CHUNK_LINES : 2 * CHUNK_LINES);
    if (last === undefined || last.from !== from || full) chunks.push({ from, lines: [segment] });
    else last.lines.push(segment);
  }
  const taken = new Set<Chunk>();
  return chunks.map(({ from, lines }) => {
    if (from === undefined || taken.has(from)) {
      nextKey += 1;
      return { key: nextKey - 1, segments: lines };
    }
    taken.add(from);
    const same =
      lines.length === from.segments.length && lines.every((line, at) => line === from.segments[at]);
    return same ? from : { key: from.key, segments: lines };
  });
}

/** Of a line that is not laid out yet: what is above and below its text, and a row of it. CSS pixels. */
const ROW = { padding: 14, height: 27 } as const;

/** How high a chunk will be, roughly. `width`: of its text, CSS pixels. */
export function heightOf({ segments }: Chunk, width: number): number {
  const characters = Math.max(16, width / 8.5);
  return segments.reduce(
    (sum, { text }) => sum + ROW.padding + ROW.height * Math.max(1, Math.ceil(text.length / characters)),
    0,
  );
}
