/** What elements tell the shell; each bubbles through shadow trees up to it. */
import type { OutputOptions } from '../../shared/formats/options.ts';
import type { Job, Source } from '../client/transcriber.ts';
import type { Locale } from './locale.ts';
import type { ReadingChoice } from './reading-choice.ts';

export interface SottoEvents {
  /** files were dropped or chosen, or an address entered: to be read in this order */
  'sources-given': readonly Source[];
  'record-start': { readonly deviceId: string | undefined };
  'job-toggle': { readonly id: string };
  'job-retry': { readonly id: string };
  'job-remove': { readonly id: string };
  'model-chosen': { readonly id: string };
  /** how what is given from now on is to be read */
  'reading-chosen': ReadingChoice;
  /** it was taken for the wrong language, ISO 639-1 */
  'job-reread': { readonly id: string; readonly language: string };
  /** how transcripts are written down from now on */
  'output-chosen': OutputOptions;
  'download-cancel': undefined;
  'engine-retry': undefined;
  /** not to wait for the server */
  'read-here': undefined;
  /** the rest of a recording is being read */
  'library-resumed': Job;
  'locale-chosen': { readonly locale: Locale };
}

type CustomEvents = { [Type in keyof SottoEvents]: CustomEvent<SottoEvents[Type]> };

declare global {
  interface HTMLElementEventMap extends CustomEvents {}
}

export function emit<Type extends keyof SottoEvents>(
  from: HTMLElement,
  type: Type,
  detail: SottoEvents[Type],
): void {
  from.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}
