/** A window's tokens as timed segments: the slicing at timestamp pairs of OpenAI's whisper/transcribe.py. */

export interface TokenSegment {
  /** seconds from the window's first sample, 0 <= start <= end <= the window's length */
  readonly start: number;
  readonly end: number;
  /** text tokens only */
  readonly tokens: readonly number[];
}

export interface SegmentClock {
  /** <|0.00|> */
  readonly timestampBegin: number;
  /** seconds a timestamp step (0.02) */
  readonly step: number;
  /** the window's real length, without padding, in seconds */
  readonly seconds: number;
}

/**
 * A segment whose end was not said ends with the window; times past the real length are cut to it, and times that go
 * back, which only a prefix can have, to the end of what came before.
 */
export function sliceSegments(tokens: readonly number[], clock: SegmentClock): TokenSegment[] {
  const segments: TokenSegment[] = [];
  let start = 0;
  let text: number[] = [];
  let last = 0;
  const close = (end: number): void => {
    if (text.length > 0) {
      const from = Math.min(Math.max(start, last), clock.seconds);
      last = Math.max(from, Math.min(end, clock.seconds));
      segments.push({ start: from, end: last, tokens: text });
    }
    text = [];
  };
  for (const token of tokens) {
    if (token < clock.timestampBegin) {
      text.push(token);
      continue;
    }
    // Steps are hundredths of a second: 71 * 0.02 is 1.42 here, not 1.4200000000000002.
    const time = Math.round((token - clock.timestampBegin) * clock.step * 1000) / 1000;
    close(time);
    start = time;
  }
  close(clock.seconds);
  return segments;
}
