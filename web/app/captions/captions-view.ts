import { html, nothing } from 'lit';
import { SottoElement } from '../element.ts';
import { stateText } from '../job-state.ts';
import type { Printed } from '../manuscript.ts';
import { type Microphone, watchMicrophones } from '../microphones.ts';
import { printing } from '../print-sheet.ts';
import { clock } from '../quantities.ts';
import { base, controls } from '../styles.ts';
import type { ViewElement, ViewParts } from '../view-parts.ts';
import { captionWords } from '../words/captions.ts';
import { libraryWords } from '../words/library.ts';
import { captionsViewStyles } from './captions-view-styles.ts';
import { type Look, recallLook, rememberLook } from './look.ts';
import { lookPart } from './look-part.ts';
import { manuscriptOf } from './manuscript.ts';
import { namesPart } from './names-part.ts';
import { notePart } from './note-part.ts';
import { CaptionRun } from './run.ts';
import { SecondPlace } from './second-place.ts';
import type { CaptionSession } from './session.ts';
import { SIDES, type Side } from './sound.ts';
import { sourcesPart } from './sources-part.ts';
import { namesOf, recallNames, rememberNames, type TypedNames } from './speakers.ts';
import { now } from './start.ts';
import { secondsBehind, tracksPart } from './tracks-part.ts';
import { unheardPart } from './unheard-part.ts';

/** Seconds behind from which it is said. */
const BEHIND = 15;

/** Live captions: what is listened to, the captions, notes, and how they look. */
export class CaptionsView extends SottoElement implements ViewElement {
  static override properties = {
    parts: { attribute: false },
    chosen: { state: true },
    microphones: { state: true },
    deviceId: { state: true },
    look: { state: true },
    typed: { state: true },
  };
  declare parts: ViewParts | undefined;
  declare chosen: ReadonlySet<Side>;
  declare microphones: readonly Microphone[];
  declare deviceId: string;
  declare look: Look;
  declare typed: TypedNames;
  readonly #run = new CaptionRun(this, {
    parts: () => this.parts,
    names: () => namesOf(this.typed),
    deviceId: () => this.deviceId,
  });
  readonly #list = document.createElement('caption-list');
  readonly #second = new SecondPlace(this, this.#list);
  #devices: ReturnType<typeof watchMicrophones> | undefined;

  constructor() {
    super();
    this.parts = undefined;
    this.chosen = new Set<Side>(['you']);
    this.microphones = [];
    this.deviceId = '';
    this.look = recallLook();
    this.typed = recallNames();
    printing(this, () => this.#printed());
  }

  static override styles = [base, controls, captionsViewStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#devices = watchMicrophones((microphones) => {
      this.microphones = microphones;
      if (!microphones.some(({ deviceId }) => deviceId === this.deviceId)) this.deviceId = '';
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#devices?.stop();
  }

  protected override willUpdate(): void {
    this.#list.session = this.#run.session;
    this.#list.names = namesOf(this.typed);
    this.#list.look = this.look;
  }

  override render() {
    const { session, isRunning } = this.#run;
    return html`<main aria-labelledby="title">
      <h2 id="title" class="visually-hidden">${captionWords.title()}</h2>
      <section class="card controls" aria-label=${captionWords.hear()}>
        ${isRunning ? nothing : this.#sources()}
        <div class="row">
          ${this.#buttons()}
          <p class="state" role="status">${this.#state()}</p>
          ${isRunning ? html`<span class="time">${clock((now() - (session?.begunAt ?? now())) / 1000)}</span>` : nothing}
        </div>
        ${session === undefined ? nothing : tracksPart(session, namesOf(this.typed), now())}
        ${isRunning ? this.#missing() : nothing} ${this.#says()} ${this.#names()}
      </section>
      <div class="stage">${this.#second.render()}</div>
      ${isRunning ? notePart((text) => this.#run.session?.note(text)) : nothing} ${this.#ended()}
      <section class="bar" aria-label=${captionWords.look()}>
        ${lookPart(this.look, (look) => {
          this.look = look;
          rememberLook(look);
        })}
        ${this.#second.control()}
      </section>
    </main>`;
  }

  #sources() {
    return sourcesPart({
      chosen: this.chosen,
      microphones: this.microphones,
      deviceId: this.deviceId,
      onChoose: (side, chosen) => {
        const next = new Set(this.chosen);
        if (chosen) next.add(side);
        else next.delete(side);
        this.chosen = next;
      },
      onDevice: (deviceId) => {
        this.deviceId = deviceId;
      },
    });
  }

  #buttons() {
    const { session, opening } = this.#run;
    const phase = session?.phase;
    const going = phase === 'listening' || phase === 'paused';
    const waits = opening === 'asking' || phase === 'finishing' || this.chosen.size === 0;
    const press = () => {
      if (going) session?.stop();
      else if (!waits) void this.#start();
    };
    // Never `disabled`: the focus is on it when it has to wait.
    return html`<button
        class="button ${going ? 'stop' : 'primary'} big"
        aria-disabled=${!going && waits}
        @click=${press}
      >
        <span class="sign" aria-hidden="true"></span>
        ${going ? captionWords.stop() : captionWords.start()}
      </button>
      ${
        going
          ? html`<button
              class="button big"
              @click=${() => (phase === 'paused' ? session?.resume() : session?.pause())}
            >
              ${phase === 'paused' ? captionWords.resume() : captionWords.pause()}
            </button>`
          : nothing
      }`;
  }

  #state(): string {
    const { session, opening } = this.#run;
    if (opening === 'asking') return captionWords.asking();
    if (session === undefined) return '';
    const states = session.tracks.map(({ job }) => job.snapshot.state);
    const [first] = states;
    const heard = states.some(({ name }) => name === 'listening');
    // As long as nothing is open, it is said what is waited for.
    if (session.phase === 'listening' && first !== undefined && !heard) return stateText(first);
    return captionWords[session.phase]();
  }

  /** Whom else it could listen to while it runs. */
  #missing() {
    const { session, opening } = this.#run;
    if (session === undefined || session.phase === 'finishing') return nothing;
    const sides = SIDES.filter((side) => !session.hears(side));
    if (sides.length === 0) return nothing;
    return html`<div class="row">
      ${sides.map(
        (side) => html`<button
          class="button small"
          ?disabled=${opening === 'asking'}
          @click=${() => void this.#run.add(side)}
        >
          ${side === 'you' ? captionWords.alsoMicrophone() : captionWords.alsoShared()}
        </button>`,
      )}
    </div>`;
  }

  /** What else there is to say. */
  #says() {
    const { session, unheard } = this.#run;
    const seconds = session === undefined ? 0 : secondsBehind(session);
    const trouble = session === undefined ? undefined : this.parts?.desk?.library?.trouble;
    return html`<div role="status" class="says">
      ${unheard.map(unheardPart)}
      ${seconds < BEHIND ? nothing : html`<p class="note">${captionWords.behind(clock(seconds))}</p>`}
      ${trouble === undefined ? nothing : html`<p class="note">${libraryWords[trouble]()}</p>`}
    </div>`;
  }

  /** Once there are two. */
  #names() {
    const { session, isRunning } = this.#run;
    const sides = new Set(isRunning ? session?.tracks.map(({ side }) => side) : this.chosen);
    if (sides.size < 2) return nothing;
    return namesPart(this.typed, (typed) => {
      this.typed = typed;
      rememberNames(typed);
      void this.#run.rename();
    });
  }

  #ended() {
    const { session, title } = this.#run;
    if (session === undefined || session.phase !== 'ended' || isEmpty(session)) return nothing;
    const library = this.parts?.desk?.library;
    const kept = session.tracks.some(({ job }) => library?.idOf(job) !== undefined);
    return html`<section class="card saving" aria-label=${captionWords.saving()}>
      <p class="muted small">${kept && library?.trouble === undefined ? captionWords.kept() : captionWords.notKept()}</p>
      <save-bar
        .manuscript=${() => manuscriptOf(session, namesOf(this.typed), title)}
        .name=${title}
        .output=${this.parts?.output}
      ></save-bar>
    </section>`;
  }

  #printed(): Printed | undefined {
    const { session, title } = this.#run;
    if (session === undefined || this.parts === undefined || isEmpty(session)) return undefined;
    return { manuscript: manuscriptOf(session, namesOf(this.typed), title), options: this.parts.output };
  }

  async #start(): Promise<void> {
    await this.#run.start(this.chosen);
    this.#devices?.refresh(); // only now, with the permission given, do they have names
  }
}

const isEmpty = ({ notes, tracks }: CaptionSession): boolean =>
  notes.length === 0 && tracks.every(({ job: { snapshot } }) => snapshot.segments.length === 0);
