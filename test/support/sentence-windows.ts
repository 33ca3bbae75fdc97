/** The fixtures' sentences, each a window of its own with a margin, as voice activity detection cuts them. */
import { SAMPLE_RATE } from '../../shared/audio/pcm.ts';
import { fixtures, loadFixture } from './pcm.ts';

export interface SentenceWindow {
  /** fixture and place, for messages */
  readonly name: string;
  readonly fixture: string;
  readonly text: string;
  /** seconds from the fixture's beginning to samples[0] */
  readonly start: number;
  readonly samples: Float32Array;
}

const MARGIN_SECONDS = 0.3;

export async function sentenceWindows(group: 'seen' = 'seen'): Promise<SentenceWindow[]> {
  const windows: SentenceWindow[] = [];
  for (const fixture of fixtures.filter((each) => each.group === group)) {
    const pcm = await loadFixture(fixture.path);
    for (const { text, start, end } of fixture.sentences ?? []) {
      const from = Math.max(0, Math.round((start - MARGIN_SECONDS) * SAMPLE_RATE));
      const to = Math.min(pcm.length, Math.round((end + MARGIN_SECONDS) * SAMPLE_RATE));
      windows.push({
        fixture: fixture.path,
        name: `${fixture.path} at ${start} s`,
        text,
        start: from / SAMPLE_RATE,
        samples: pcm.slice(from, to),
      });
    }
  }
  return windows;
}
