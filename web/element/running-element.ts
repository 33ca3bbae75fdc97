import { joined } from '../../shared/transcript/spacing.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { JobSnapshot } from '../client/transcriber.ts';
import * as events from './events.ts';
import { FormTextElement } from './form-element.ts';
import type { Failure, Listener, Order, Outcome, Wanted } from './order.ts';
import { type ElementState, stateOf } from './state.ts';
import { NOTHING_SHOWN, type Shown } from './view.ts';
import { type Tongue, tongueAround, wordsReady } from './words.ts';

/** How what is begun now is done. */
export interface Settings extends Pick<Order, 'field' | 'options' | 'server' | 'ladder' | 'idleMs'> {
  /** its text takes the place of what was there, instead of being added */
  readonly replaces: boolean;
}

/** Something goes on; what it may be told. */
interface Activity {
  readonly stop: AbortController;
  readonly abort: AbortController;
}

/** How loud an ordinary voice is, against which the level is shown. */
const FULL_LEVEL = 0.25;

/** An element with one thing going on at a time, from its start to its `final` event. */
export abstract class RunningElement extends FormTextElement {
  /** @internal */
  declare shown: Shown;
  /** a field that was to receive text could not: the element shows it itself */
  protected misplaced = false;
  #state: ElementState = 'idle';
  #segments: readonly Segment[] = [];
  #activity: Activity | undefined;

  constructor() {
    super();
    this.shown = NOTHING_SHOWN;
    this.internals.states.add('idle');
  }

  protected abstract readonly settings: Settings;

  get state(): ElementState {
    return this.#state;
  }
  /** what was read since the last start */
  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Ends the listening; the last words are still read. What is not listening is ended at once. */
  stop(): void {
    this.#activity?.stop.abort();
    if (this.#state !== 'listening') this.abort();
  }
  /** Ends everything at once, and frees the microphone; what was finished stays. */
  abort(): void {
    this.#activity?.abort.abort();
  }

  /** The one way anything is begun and ended. Undefined when it was not: something goes on, or it is disabled. */
  protected async run(wanted: Wanted): Promise<Outcome['how'] | undefined> {
    if (this.isDisabled || this.#activity !== undefined) return undefined;
    const activity = { stop: new AbortController(), abort: new AbortController() };
    const { replaces, ...settings } = this.settings;
    this.#activity = activity;
    this.#segments = [];
    this.misplaced = false;
    this.shown = NOTHING_SHOWN;
    if (replaces) this.value = '';
    this.#become('loading');
    const { how, silent } = await this.#carriedOut({
      ...settings,
      element: this,
      wanted,
      root: this.getRootNode(),
      tag: this.tongue.tag,
      stop: activity.stop.signal,
      abort: activity.abort.signal,
    });
    this.#activity = undefined;
    const { latest, rung, host } = this.shown;
    this.shown = { ...NOTHING_SHOWN, latest, rung, host, silent };
    if (typeof how === 'string') this.#become('idle');
    else this.fail(how);
    this.dispatchEvent(new events.SottoFinalEvent(joined(this.#segments.map(textOf)), this.#segments));
    return how;
  }

  async #carriedOut(order: Order): Promise<Outcome> {
    try {
      const { carryOut } = await import('./carry-out.ts');
      return await carryOut(order, this.#listener);
    } catch (thrown) {
      console.warn(thrown);
      return { how: { code: 'engine_blocked', ...this.tongue.words.blocked }, silent: false };
    }
  }

  readonly #listener: Listener = {
    changed: (snapshot) => this.#changed(snapshot),
    said: (segment, placed) => {
      this.#segments = [...this.#segments, segment];
      this.misplaced ||= !placed;
      this.addText(segment.text);
      this.show({ latest: segment.text });
      this.dispatchEvent(new events.SottoSegmentEvent(segment));
    },
    engine: (told) => this.show(told),
    fetched: (loaded, total) => this.dispatchEvent(new events.SottoProgressEvent('download', loaded, total)),
    consent: (host, answer) => this.dispatchEvent(new events.SottoConsentEvent(host, answer)),
    asks: (question) => this.show({ question }),
  };

  #changed(snapshot: JobSnapshot): void {
    const { level, committed, tentative, read } = this.shown;
    const { partial, progress } = snapshot;
    const { doneSeconds, totalSeconds } = progress;
    const isFile = snapshot.state.name === 'reading';
    const next = {
      level: Math.min(1, snapshot.level / FULL_LEVEL),
      ...partial,
      read: isFile ? shareOf(doneSeconds, totalSeconds) : undefined,
    };
    this.#become(stateOf(snapshot) ?? this.#state);
    if (next.level !== level || next.read !== read) this.show(next);
    if (isFile && next.read !== read) {
      this.dispatchEvent(new events.SottoProgressEvent('read', doneSeconds, totalSeconds));
    }
    if (partial.committed === committed && partial.tentative === tentative) return;
    this.show(next);
    if (partial.committed + partial.tentative === '') return;
    this.dispatchEvent(new events.SottoPartialEvent(partial.committed, partial.tentative));
  }

  protected show(change: Partial<Shown>): void {
    this.shown = { ...this.shown, ...change };
  }

  protected fail(failure: Failure): void {
    this.#become('failed');
    const { code, message, next } = failure;
    if (this.dispatchEvent(new events.SottoErrorEvent(code, message, next))) this.show({ failure });
  }

  #become(state: ElementState): void {
    const previous = this.#state;
    if (previous === state) return;
    this.#state = state;
    this.internals.states.delete(previous);
    this.internals.states.add(state);
    this.requestUpdate();
    this.dispatchEvent(new events.SottoStateChangeEvent(state, previous));
  }

  /** Its first words are in the language of the page. */
  protected override async scheduleUpdate(): Promise<void> {
    if (this.tongue.tag !== 'en') await wordsReady(this.tongue);
    super.scheduleUpdate();
  }

  protected get tongue(): Tongue {
    return tongueAround(this);
  }
}

const textOf = ({ text }: Segment): string => text;

/** 0 to 1, in hundredths; undefined where the whole is not known */
const shareOf = (done: number, total: number | undefined): number | undefined =>
  total ? Math.min(1, Math.floor((100 * done) / total) / 100) : undefined;
