/** What the server and its decoder process (FFmpeg, VAD) say to each other, in structured clones over the channel. */
import type { ErrorWire } from '../errors.ts';
import type { SpeechWindow, WindowPlan } from '../speech/window.ts';

export interface DecodeOrder {
  /** of the file */
  readonly path: string;
  readonly plan: WindowPlan;
  /** windows whose speech ends by so many seconds are not sent */
  readonly from: number;
  /** nor are so many after these: they were sent by a process that is gone */
  readonly skip: number;
  /** more sound than this is `too_long`, whatever the file says of itself */
  readonly maxSeconds: number;
}

export type ToDecoder =
  /** once, first: the path of the Silero model */
  | { readonly type: 'start'; readonly vad: string }
  /** once: a process decodes one file */
  | { readonly type: 'decode'; readonly order: DecodeOrder }
  /** so many windows more may be sent: that is what keeps memory constant */
  | { readonly type: 'credit'; readonly windows: number };

/** How far it is. */
export interface DecoderPosition {
  /** seconds of sound decoded and heard */
  readonly seconds: number;
  /** milliseconds it has worked, waiting for credit not counted */
  readonly busyMs: number;
}

export type FromDecoder =
  | { readonly type: 'info'; readonly durationSeconds: number | undefined }
  /** while it works, about four times a second */
  | { readonly type: 'moved'; readonly at: DecoderPosition }
  | { readonly type: 'window'; readonly window: SpeechWindow; readonly at: DecoderPosition }
  | { readonly type: 'end'; readonly at: DecoderPosition }
  /** of the file, after everything before the damage was sent */
  | { readonly type: 'failed'; readonly error: ErrorWire; readonly at: DecoderPosition };
