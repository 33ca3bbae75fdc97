/** What the page and its sound worker say to each other (over comlink): files of the origin's private file system. */
import type { Outcome } from '../../shared/errors.ts';

/** `cut`: the device had no room for the rest. */
export type Kept = 'whole' | 'cut';

export interface KeptSound {
  readonly kept: Kept;
  readonly bytes: number;
  readonly seconds: number;
}

/** A file of an archive: text, or sound by the name that it has here. */
export type Packed =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly file: string };

export interface SoundWorkerApi {
  /** `port` brings Float32Array chunks, mono at `rate` hertz, as from the capture worklet; an empty one is the last. */
  capture(name: string, port: MessagePort, rate: number): Promise<Outcome<undefined>>;
  /** Ends a capture whose last chunk did not come; idempotent. */
  finish(name: string): Promise<Outcome<undefined>>;
  /** Resolves when the last of the capture is in the file. */
  captured(name: string): Promise<Outcome<KeptSound>>;
  /** Gives a capture's file, which nobody closed, its header back. */
  repair(name: string): Promise<Outcome<KeptSound>>;
  /** `cut` where there was no room: then nothing is left of it. */
  copy(name: string, blob: Blob): Promise<Outcome<KeptSound>>;
  /** One file of many, as ZIP, without compression. */
  pack(name: string, parts: readonly Packed[]): Promise<Outcome<KeptSound>>;
}

/** The folder that all files are in. */
export const FOLDER = 'sotto-library';
