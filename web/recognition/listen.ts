/** All that is needed only once somebody starts or asks: a chunk of its own. */
import { findModel, type ModelEntry } from '../../shared/asr/catalogue.ts';
import { SottoError, toSottoError } from '../../shared/errors.ts';
import { isOnDevice } from '../client/on-device.ts';
import { type Borrowed, borrow } from '../client/share.ts';
import { configOf, HUB, siteOf } from '../client/site-of.ts';
import type { Job, JobSnapshot } from '../client/transcriber.ts';
import type { RecognitionDefaults } from './defaults.ts';
import type { SpeechRecognitionErrorCode } from './events.ts';
import { speechErrorOf } from './failures.ts';
import { languageFor } from './languages.ts';

export { createSpeechSession } from './session.ts';

export interface ListenOrder {
  readonly defaults: RecognitionDefaults;
  /** BCP 47 */
  readonly lang: string;
  readonly terms: readonly string[];
  readonly processLocally: boolean;
  readonly track: MediaStreamTrack | undefined;
  /** ends the listening; the last words are still read */
  readonly stop: AbortSignal;
  readonly abort: AbortSignal;
}

/** Why nothing was listened to, or no more. */
export interface ListenFault {
  readonly error: SpeechRecognitionErrorCode;
  readonly message: string;
}

/** Listens until it is stopped, and tells of each change. Resolves when it has ended; the microphone is free then. */
export async function listen(
  order: ListenOrder,
  tell: (snapshot: JobSnapshot) => void,
): Promise<ListenFault | undefined> {
  try {
    return await begin(order, tell);
  } catch (thrown) {
    const { code, message } = toSottoError(thrown, 'engine_blocked');
    return { error: speechErrorOf(code), message };
  }
}

async function begin(
  order: ListenOrder,
  tell: (snapshot: JobSnapshot) => void,
): Promise<ListenFault | undefined> {
  const { model } = order.defaults;
  const language = languageFor(entryOf(model), order.lang);
  if (language === undefined) {
    const message = `The model ${model} does not have the language ${order.lang}.`;
    return { error: order.processLocally ? 'service-not-allowed' : 'language-not-supported', message };
  }
  if (order.terms.length > 0 && entryOf(model).architecture !== 'whisper') {
    return { error: 'phrases-not-supported', message: `The model ${model} takes no phrases.` };
  }
  const { transcriber, giveBack } = await engineOf(order.defaults);
  try {
    if (order.abort.aborted || order.stop.aborted) throw new SottoError('cancelled');
    const { track, terms } = order;
    const job = transcriber.transcribe(
      {
        kind: 'live',
        name: 'recognition',
        ...(track === undefined ? {} : { stream: new MediaStream([track]) }),
      },
      { model, language, ...(terms.length === 0 ? {} : { terms }) },
    );
    const stop = () => (isListening(job) ? job.stop() : job.cancel());
    order.stop.addEventListener('abort', stop, { once: true });
    order.abort.addEventListener('abort', () => job.cancel(), { once: true });
    if (order.stop.aborted) stop();
    job.subscribe(tell);
    tell(job.snapshot);
    await job.ended;
    return undefined;
  } finally {
    giveBack();
  }
}

/** Before that there is nothing to read to its end, and the microphone need not be opened. */
const isListening = ({ snapshot: { state } }: Job): boolean =>
  state.name === 'listening' || state.name === 'finishing';

export type Availability = 'unavailable' | 'downloadable' | 'available';

/** Of all languages together, the worst. */
export async function availability(
  { model }: RecognitionDefaults,
  langs: readonly string[],
  where: 'on-device' | 'anywhere',
): Promise<Availability> {
  const entry = entryOf(model);
  if (langs.length === 0 || langs.some((lang) => languageFor(entry, lang) === undefined))
    return 'unavailable';
  return where === 'anywhere' || (await isOnDevice(entry)) ? 'available' : 'downloadable';
}

/** Brings the model onto the device, and starts it there once. Rejects with a SottoError. */
export async function bring(defaults: RecognitionDefaults): Promise<void> {
  const { transcriber, giveBack } = await engineOf(defaults);
  try {
    await transcriber.prepare(undefined, defaults.model);
  } finally {
    giveBack();
  }
}

function entryOf(model: string): ModelEntry {
  const entry = findModel(model);
  if (entry === undefined) throw new SottoError('model_unknown', model);
  return entry;
}

async function engineOf({ hub, server, ladder, idleMs }: RecognitionDefaults): Promise<Borrowed> {
  const site = siteOf(server);
  return borrow({ hub: hub ?? (await configOf(site))?.hub ?? HUB, site, ladder, idleMs });
}
