import { html, nothing, type PropertyValues } from 'lit';
import { spokenSegments } from '../../shared/edit/document.ts';
import { type OutputOptions, STANDARD_OPTIONS } from '../../shared/formats/options.ts';
import type { Segment } from '../../shared/transcript/transcript.ts';
import type { Library } from '../library/library-port.ts';
import type { Recording } from '../library/port.ts';
import { SottoElement } from './element.ts';
import { type KeptText, keptText } from './kept-conversation.ts';
import { factsOf } from './library-facts.ts';
import type { Row } from './library-list.ts';
import { libraryItemStyles } from './library-styles.ts';
import { clock } from './quantities.ts';
import { base, controls } from './styles.ts';
import { fragmentOf } from './view.ts';
import { jobWords } from './words/job.ts';
import { libraryWords } from './words/library.ts';

/** What the panel is asked for. */
export type ItemAsks =
  | { readonly ask: 'resume' | 'remove'; readonly id: string }
  | { readonly ask: 'rename'; readonly id: string; readonly name: string };

type Face = 'closed' | 'open' | 'renaming';

interface Content {
  readonly segments: readonly Segment[];
  readonly text: KeptText;
  readonly sound: string | undefined;
}

/** One recording that is kept: its name and facts, and when open its sound and its text. */
export class LibraryItem extends SottoElement {
  static override properties = {
    row: { attribute: false },
    library: { attribute: false },
    output: { attribute: false },
    face: { state: true },
    content: { state: true },
  };
  declare row: Row | undefined;
  declare library: Library | undefined;
  /** how its text is written down */
  declare output: OutputOptions;
  declare face: Face;
  declare content: Content | undefined;

  constructor() {
    super();
    this.row = undefined;
    this.library = undefined;
    this.output = STANDARD_OPTIONS;
    this.face = 'closed';
    this.content = undefined;
  }

  static override styles = [base, controls, libraryItemStyles];

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#letGo();
    this.face = 'closed';
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('row')?.recording;
    const now = this.row?.recording;
    const grew = before !== undefined && now !== undefined && before.state !== now.state;
    if (this.face === 'open' && grew) void this.#load(now);
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('.toggle')?.focus();
  }

  override render() {
    if (this.row === undefined) return nothing;
    const { recording, found } = this.row;
    return html`<div class="item" role="group" aria-labelledby="name" data-state=${recording.state} data-sound=${recording.sound}>
      <header>
        ${this.face === 'renaming' ? this.#nameField(recording) : this.#heading(recording)}
        <p class="muted small">${factsOf(recording).join(' · ')}</p>
      </header>
      ${this.#buttons(recording)}
      ${
        found.length === 0
          ? nothing
          : html`<ul class="found">
              ${found
                .slice(0, SHOWN)
                .map(({ segment }) => html`<li><time>${clock(segment.start)}</time> ${segment.text}</li>`)}
            </ul>`
      }
      <div id="body" ?hidden=${this.face !== 'open'}>${this.face === 'open' ? this.#body(recording) : nothing}</div>
    </div>`;
  }

  #heading({ name }: Recording) {
    return html`<h3>
      <button class="toggle" aria-expanded=${this.face === 'open'} aria-controls="body" @click=${this.#toggle}>
        <span class="name" id="name">${name}</span>
      </button>
    </h3>`;
  }

  #nameField({ id, name }: Recording) {
    const done = (event: Event) => {
      event.preventDefault();
      const chosen = this.renderRoot.querySelector('input')?.value.trim() ?? '';
      this.face = 'closed';
      if (chosen !== '' && chosen !== name) this.#ask({ ask: 'rename', id, name: chosen });
      void this.updateComplete.then(() => this.focus());
    };
    return html`<form @submit=${done}>
      <label class="visually-hidden" id="name" for="new-name">${libraryWords.newName()}</label>
      <input
        id="new-name"
        class="field"
        maxlength="200"
        .value=${name}
        @keydown=${(event: KeyboardEvent) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          this.face = 'closed';
          void this.updateComplete.then(() => this.focus());
        }}
      />
      <button class="button small">${libraryWords.save()}</button>
    </form>`;
  }

  #buttons({ id, name, state, sound, kind }: Recording) {
    const readable = state === 'stopped' && (kind === 'url' || sound === 'whole' || sound === 'cut');
    return html`<div class="buttons">
      <a
        class="button small"
        href=${fragmentOf({ name: 'recording', id })}
        aria-label=${jobWords.openNamed(name)}
        @click=${this.#close}
      >
        ${jobWords.open()}
      </a>
      ${
        readable
          ? html`<button
              class="button small"
              aria-label=${libraryWords.resumeNamed(name)}
              @click=${() => this.#ask({ ask: 'resume', id })}
            >
              ${libraryWords.resume()}
            </button>`
          : nothing
      }
      <button class="button quiet small" aria-label=${libraryWords.renameNamed(name)} @click=${this.#rename}>
        ${libraryWords.rename()}
      </button>
      <button
        class="button quiet small"
        aria-label=${libraryWords.removeNamed(name)}
        @click=${() => this.#ask({ ask: 'remove', id })}
      >
        ${libraryWords.remove()}
      </button>
    </div>`;
  }

  #body({ name }: Recording) {
    if (this.content === undefined) return nothing;
    const { segments, text, sound } = this.content;
    const { manuscript, together } = text;
    const { notes = [] } = manuscript;
    return html`
      ${sound === undefined ? nothing : html`<audio controls preload="metadata" aria-label=${libraryWords.sound(name)} src=${sound}></audio>`}
      <transcript-view
        .segments=${segments}
        .name=${name}
        .language=${manuscript.language}
      ></transcript-view>
      ${
        notes.length === 0
          ? nothing
          : html`<h4 id="notes">${libraryWords.notes()}</h4>
              <ul class="found" aria-labelledby="notes">
                ${notes.map(({ at, text }) => html`<li><time>${clock(at)}</time> ${text}</li>`)}
              </ul>`
      }
      ${together.length === 0 ? nothing : html`<p class="muted small">${libraryWords.together(together.join(', '))}</p>`}
      ${
        manuscript.segments.length + notes.length === 0
          ? html`<p class="muted">${jobWords.noText()}</p>`
          : html`<save-bar .manuscript=${() => manuscript} .name=${name} .output=${this.output}></save-bar>`
      }
    `;
  }

  /** What is edited there is not what is shown here: it is read again when this is opened. */
  readonly #close = (): void => {
    this.#letGo();
    this.face = 'closed';
  };

  readonly #rename = async (): Promise<void> => {
    this.#letGo();
    this.face = 'renaming';
    await this.updateComplete;
    this.renderRoot.querySelector('input')?.select();
  };

  readonly #toggle = (): void => {
    const recording = this.row?.recording;
    this.face = this.face === 'open' ? 'closed' : 'open';
    if (this.face === 'open' && recording !== undefined) void this.#load(recording);
    else this.#letGo();
  };

  async #load(recording: Recording): Promise<void> {
    const { library } = this;
    const { id } = recording;
    if (library === undefined) return;
    const [{ document }, text, file] = await Promise.all([
      library.document(id),
      keptText(library, recording),
      library.sound(id),
    ]);
    this.#letGo();
    if (this.face !== 'open' || !this.isConnected) return;
    this.content = {
      segments: spokenSegments(document),
      text,
      sound: file === undefined || file.size === 0 ? undefined : URL.createObjectURL(file),
    };
  }

  /** The browser holds the file as long as its address lives. */
  #letGo(): void {
    if (this.content?.sound !== undefined) URL.revokeObjectURL(this.content.sound);
    this.content = undefined;
  }

  #ask(detail: ItemAsks): void {
    this.dispatchEvent(new CustomEvent<ItemAsks>('item-asks', { detail }));
  }
}

/** Lines shown of those that were found in one text. */
const SHOWN = 5;
