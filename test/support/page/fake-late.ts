/** Stands in for web/client/late.ts when the page is served by serve.ts. */
import type { Transcriber } from '../../../web/client/transcriber.ts';
import { createFakeTranscriber, type FakeTranscriber } from '../fake-transcriber.ts';

declare global {
  interface Window {
    /** what the page talks to */
    fake: FakeTranscriber;
  }
}

export function createLateTranscriber(options: { readonly model: string }): Transcriber {
  window.fake = createFakeTranscriber(options.model);
  return window.fake;
}
