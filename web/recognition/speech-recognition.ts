/** The Web Speech API's SpeechRecognition, computed on the visitor's own device. */
import type { JobSnapshot } from '../client/transcriber.ts';
import { DEFAULTS, type RecognitionDefaults } from './defaults.ts';
import * as events from './events.ts';
import { languageOf } from './languages.ts';
import { termsOf } from './phrases.ts';
import * as results from './results.ts';
import type { Heard, Said, SpeechSession } from './session.ts';
import { RecognitionWishes } from './wishes.ts';

export interface SpeechRecognitionOptions {
  /** BCP 47 tags */
  readonly langs: readonly string[];
  readonly processLocally?: boolean;
}

export type AvailabilityStatus = 'unavailable' | 'downloadable' | 'downloading' | 'available';

interface Active {
  readonly stop: AbortController;
  readonly abort: AbortController;
  silence: ReturnType<typeof setTimeout> | undefined;
}

/** installs under way, by model */
const bringing = new Map<string, Promise<void>>();

export class SottoSpeechRecognition extends RecognitionWishes {
  /** for all instances; read at each start */
  static readonly defaults: RecognitionDefaults = DEFAULTS;

  #active: Active | undefined;

  /** Whether these languages can be recognised. Rejects with SyntaxError for what is no language tag. */
  static async available({
    langs,
    processLocally = false,
  }: SpeechRecognitionOptions): Promise<AvailabilityStatus> {
    checkDocument();
    checkTags(langs);
    if (bringing.has(DEFAULTS.model) && processLocally) return 'downloading';
    const { availability } = await import('./listen.ts');
    return availability(DEFAULTS, langs, processLocally ? 'on-device' : 'anywhere');
  }

  /** Brings the model onto the device. False where a language is not to be had, or the model did not come. */
  static async install({ langs }: SpeechRecognitionOptions): Promise<boolean> {
    checkDocument();
    checkTags(langs);
    const { availability, bring } = await import('./listen.ts');
    if ((await availability(DEFAULTS, langs, 'anywhere')) === 'unavailable') return false;
    const { model } = DEFAULTS;
    const work = bringing.get(model) ?? bring({ ...DEFAULTS }).finally(() => bringing.delete(model));
    bringing.set(model, work);
    return work.then(
      () => true,
      (reason: unknown) => {
        console.warn(reason);
        return false;
      },
    );
  }

  /**
   * Listens to the microphone, or to a track of the caller's, which stays the caller's to stop. Throws
   * InvalidStateError while something goes on, for a track that is not live sound, and in a document without a window.
   */
  start(track?: MediaStreamTrack): void {
    checkDocument();
    if (this.#active !== undefined) throw invalid('Recognition has already started.');
    if (track !== undefined && !(track instanceof MediaStreamTrack)) {
      throw new TypeError('start() takes a MediaStreamTrack.');
    }
    if (track !== undefined && (track.kind !== 'audio' || track.readyState !== 'live')) {
      throw invalid('The track is not live sound.');
    }
    const active: Active = { stop: new AbortController(), abort: new AbortController(), silence: undefined };
    this.#active = active;
    void this.#run(active, track);
  }

  /** Nothing more is listened to; what was said is still read. */
  stop(): void {
    this.#active?.stop.abort();
  }

  /** Ends it at once, without a result, and lets go of the microphone. */
  abort(): void {
    this.#active?.abort.abort();
  }

  async #run(active: Active, track: MediaStreamTrack | undefined): Promise<void> {
    const { stop, abort } = active;
    const { continuous, interimResults, processLocally } = this;
    const terms = termsOf(this.phrases);
    const lang = this.lang || document.documentElement.lang || navigator.language;
    const defaults = { ...DEFAULTS };
    const order = {
      defaults,
      lang,
      terms,
      processLocally,
      track,
      stop: stop.signal,
      abort: abort.signal,
    };
    const late = await import('./listen.ts').catch((reason: unknown) => {
      console.warn(reason);
      return undefined;
    });
    if (late === undefined) {
      const message = 'A part of this tool could not be loaded. Check the connection, then start again.';
      this.#say(active, [{ type: 'error', error: 'network', message }, { type: 'end' }]);
      return;
    }
    const asked = () => (abort.signal.aborted ? 'abort' : stop.signal.aborted ? 'stop' : 'nothing');
    const session = late.createSpeechSession({ continuous, interimResults, asked });
    const observe = (snapshot: JobSnapshot) => this.#observe(active, session, snapshot, defaults.noSpeechMs);
    const fault = await late.listen(order, observe);
    if (fault !== undefined) this.#say(active, session.fail(fault.error, fault.message));
  }

  #observe(active: Active, session: SpeechSession, snapshot: JobSnapshot, noSpeechMs: number): void {
    this.#say(active, session.observe(snapshot));
    if (session.satisfied) active.stop.abort();
    if (session.phase !== 'hearing' || session.heard || active.silence !== undefined) return;
    active.silence = setTimeout(() => {
      if (session.phase !== 'hearing' || session.heard) return;
      this.#say(active, session.silent());
      active.abort.abort();
    }, noSpeechMs);
  }

  #say(active: Active, all: readonly Said[]): void {
    for (const said of all) {
      if (said.type === 'end') {
        clearTimeout(active.silence);
        // In its own `end` handler it may be started again.
        if (this.#active === active) this.#active = undefined;
      }
      this.dispatchEvent(eventOf(said));
    }
  }
}

function eventOf(said: Said): Event {
  switch (said.type) {
    case 'result':
      return new events.SottoSpeechRecognitionEvent('result', {
        resultIndex: said.resultIndex,
        results: new results.SottoSpeechRecognitionResultList(said.results.map(resultOf)),
      });
    case 'nomatch':
      return new events.SottoSpeechRecognitionEvent('nomatch', { results: events.NO_RESULTS });
    case 'error':
      return new events.SottoSpeechRecognitionErrorEvent('error', said);
    default:
      return new Event(said.type);
  }
}

const resultOf = ({ transcript, confidence, isFinal }: Heard): results.SottoSpeechRecognitionResult =>
  new results.SottoSpeechRecognitionResult(
    [new results.SottoSpeechRecognitionAlternative(transcript, confidence)],
    isFinal,
  );

function checkDocument(): void {
  if (document.defaultView === null) throw invalid('The document has no window.');
}

const invalid = (message: string): DOMException => new DOMException(message, 'InvalidStateError');

function checkTags(langs: readonly string[]): void {
  for (const tag of langs) {
    if (languageOf(tag) === undefined) {
      throw new DOMException(`${tag} is no language tag.`, 'SyntaxError');
    }
  }
}
