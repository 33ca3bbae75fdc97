import { createLocalTranscriber, type LadderStep } from '../client/local.ts';
import type { ServerPlace } from '../client/rungs.ts';
import type { Transcriber } from '../client/transcriber.ts';

export interface TranscriberOptions {
  /** catalogue id, such as `onnx-community/whisper-base`; `OFFERED` lists them */
  readonly model: string;
  /** base address of the model hub; https://huggingface.co unless said */
  readonly hub?: string;
  /**
   * Base address, ending in a slash, of a site that has model folders under `models/`: they are taken from there
   * rather than from the hub. Unless said, the folder above the one that this script is served from.
   */
  readonly site?: string;
  /** where it may be computed, best first; WebGPU, then WASM unless said: sound stays in the page */
  readonly ladder?: readonly LadderStep[];
  /** what the step `server` is; without it that step is passed over */
  readonly server?: ServerPlace;
}

const HUB = 'https://huggingface.co';

/** A transcriber whose engine and ear run in this browser. Loads nothing before the first job, or `prepare`. */
export function createTranscriber({ hub = HUB, ...options }: TranscriberOptions): Transcriber {
  if (typeof Worker === 'undefined' || typeof location === 'undefined') {
    throw new Error('createTranscriber of "sotto" is for pages; programs take the one of "sotto/server".');
  }
  return createLocalTranscriber({ hub, ...options });
}
