/** What every view works with. */
import type { OutputOptions } from '../../shared/formats/options.ts';
import type { Transcriber } from '../client/transcriber.ts';
import type { Desk } from './library-desk.ts';
import type { ModelChoice } from './model-choice.ts';
import type { ReadingChoice } from './reading-choice.ts';
import type { ServerOffer } from './server-offer.ts';
import type { View } from './view.ts';

export interface ViewParts {
  readonly view: View;
  readonly transcriber: Transcriber;
  readonly models: readonly ModelChoice[];
  /** address the models come from */
  readonly hub: string;
  readonly offer: ServerOffer | undefined;
  /** not there until it has come, late */
  readonly desk: Desk | undefined;
  readonly reading: ReadingChoice;
  readonly output: OutputOptions;
}

/** An element that fills the page below its head. It comes late, and stays while the page does. */
export interface ViewElement extends HTMLElement {
  parts: ViewParts | undefined;
}
