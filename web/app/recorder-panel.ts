import { css, html, nothing, type PropertyValues } from 'lit';
import type { Job } from '../client/transcriber.ts';
import { SottoElement } from './element.ts';
import { emit } from './events.ts';
import { hasEnded } from './job-list.ts';
import { type Microphone, watchMicrophones } from './microphones.ts';
import { clock } from './quantities.ts';
import { base, controls } from './styles.ts';
import { Watch } from './watch.ts';
import { jobWords } from './words/job.ts';
import { sourceWords } from './words/source.ts';

/** The record button, the level while it listens, and the microphone when there is a choice. */
export class RecorderPanel extends SottoElement {
  static override properties = {
    job: { attribute: false },
    microphones: { state: true },
    deviceId: { state: true },
  };
  /** the recording that is going on */
  declare job: Job | undefined;
  declare microphones: readonly Microphone[];
  declare deviceId: string;
  readonly #watch = new Watch(this);
  #devices: ReturnType<typeof watchMicrophones> | undefined;
  #heard = false;

  constructor() {
    super();
    this.job = undefined;
    this.microphones = [];
    this.deviceId = '';
    this.addEventListener('keydown', (event) => this.#onKey(event));
  }

  static override styles = [
    base,
    controls,
    css`
      .row {
        display: flex;
        align-items: center;
        gap: 1rem;
      }
      .record {
        flex: none;
        display: inline-flex;
        align-items: center;
        gap: 0.65rem;
        min-block-size: 3.25rem;
        padding: 0 1.4rem 0 1.15rem;
        border: 0;
        border-radius: 2rem;
        background: var(--record);
        color: var(--on-record);
        font-size: 1.0625rem;
        font-weight: 600;
        cursor: pointer;
        transition: filter 120ms;
      }
      .record:hover {
        filter: brightness(0.93);
      }
      .record:disabled {
        background: var(--sunken);
        color: var(--muted);
        cursor: default;
        filter: none;
      }
      .sign {
        inline-size: 0.85rem;
        block-size: 0.85rem;
        border-radius: 50%;
        background: currentcolor;
        transition: border-radius 120ms;
      }
      .listening .sign {
        border-radius: 2px;
      }
      .beside {
        flex: 1;
        min-inline-size: 0;
      }
      .status {
        display: flex;
        justify-content: space-between;
        gap: 0.75rem;
        margin-block-end: 0.3rem;
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
      }
      .pick {
        margin-block-start: 1rem;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#devices = watchMicrophones((microphones) => {
      this.microphones = microphones;
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#devices?.stop();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('job')) {
      this.#watch.follow(this.job);
      this.#heard = false;
    }
    // Only now, with the permission given, do the devices have names.
    if (!this.#heard && this.job?.snapshot.state.name === 'listening') {
      this.#heard = true;
      this.#devices?.refresh();
    }
    if (!this.microphones.some(({ deviceId }) => deviceId === this.deviceId)) this.deviceId = '';
  }

  override render() {
    const state = this.job?.snapshot.state;
    const running = state !== undefined && !hasEnded(state);
    const finishing = running && state.name === 'finishing';
    const listening = running && state.name === 'listening';
    return html`
      <div class="row ${running && !finishing ? 'listening' : ''}">
        <button
          class="record"
          ?disabled=${finishing}
          aria-keyshortcuts=${running ? 'Escape' : nothing}
          @click=${running ? this.#stop : this.#start}
        >
          <span class="sign" aria-hidden="true"></span>
          ${!running || finishing ? sourceWords.record() : listening ? sourceWords.stop() : jobWords.cancel()}
        </button>
        <div class="beside">${this.#beside()}</div>
      </div>
      ${this.microphones.length > 1 ? this.#picker(running) : nothing}
    `;
  }

  #beside() {
    const snapshot = this.job?.snapshot;
    if (snapshot === undefined || hasEnded(snapshot.state)) {
      return html`<p class="muted">${sourceWords.recordHint()}</p>`;
    }
    if (snapshot.state.name === 'finishing') return html`<p class="muted">${sourceWords.finishing()}</p>`;
    if (snapshot.state.name !== 'listening') return html`<p class="muted">${sourceWords.opening()}</p>`;
    const { totalSeconds } = snapshot.progress;
    return html`
      <p class="status">
        <span>${sourceWords.listening()}</span>
        ${totalSeconds === undefined ? nothing : html`<span class="muted">${clock(totalSeconds)}</span>`}
      </p>
      <level-meter .rms=${snapshot.level}></level-meter>
    `;
  }

  #picker(running: boolean) {
    return html`<div class="pick">
      <label for="microphone">${sourceWords.microphone()}</label>
      <select
        id="microphone"
        class="field"
        ?disabled=${running}
        @change=${(event: Event & { target: HTMLSelectElement }) => {
          this.deviceId = event.target.value;
        }}
      >
        <option value="" .selected=${this.deviceId === ''}>${sourceWords.systemMicrophone()}</option>
        ${this.microphones.map(
          (
            { deviceId, label },
            index,
          ) => html`<option value=${deviceId} .selected=${deviceId === this.deviceId}>
            ${label === '' ? sourceWords.numberedMicrophone(index + 1) : label}
          </option>`,
        )}
      </select>
    </div>`;
  }

  readonly #start = (): void => {
    emit(this, 'record-start', { deviceId: this.deviceId === '' ? undefined : this.deviceId });
  };

  readonly #stop = (): void => {
    if (this.job?.snapshot.state.name === 'listening') this.job.stop();
    else this.job?.cancel();
  };

  #onKey(event: KeyboardEvent): void {
    const state = this.job?.snapshot.state;
    if (event.key !== 'Escape' || state === undefined || hasEnded(state)) return;
    event.preventDefault();
    if (state.name !== 'finishing') this.#stop();
  }
}
