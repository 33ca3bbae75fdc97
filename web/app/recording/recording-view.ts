import { html, nothing, type PropertyValues } from 'lit';
import { heardDocument, isAsHeard } from '../../../shared/edit/document.ts';
import { assigned } from '../../../shared/edit/speakers.ts';
import { SottoElement } from '../element.ts';
import { printing } from '../print-sheet.ts';
import { base, controls } from '../styles.ts';
import type { ViewElement, ViewParts } from '../view-parts.ts';
import { pageWords } from '../words/page.ts';
import { recordingWords, toldWords } from '../words/recording.ts';
import { Editor } from './editor.ts';
import { EditorSession } from './editor-session.ts';
import { Finding } from './finding.ts';
import type { BarAct } from './line-bar.ts';
import type { LineList } from './line-list.ts';
import { backLink, recordingHead } from './recording-head.ts';
import { RecordingSound } from './recording-sound.ts';
import { recordingStyles } from './recording-styles.ts';
import { commandOf, focusOf, STAY } from './shortcuts.ts';
import { actOnSpeakers, giveToNewSpeaker } from './speaker-acts.ts';
import { viewTools } from './view-tools.ts';
import { actOnLine } from './writing-acts.ts';
import { textHere, writtenText } from './written-text.ts';

/** A kept recording, to be heard, read and edited. */
export class RecordingView extends SottoElement implements ViewElement {
  static override properties = { parts: { attribute: false } };
  declare parts: ViewParts | undefined;
  #editor: Editor | undefined;
  /** whose sound was asked for */
  #soundOf: Editor | undefined;
  readonly #finding = new Finding();
  readonly #heard = new RecordingSound(
    () => this.#list,
    () => this.requestUpdate(),
  );
  readonly #heights = new ResizeObserver(([entry]) => {
    const sticks = entry !== undefined && getComputedStyle(entry.target).position === 'sticky';
    this.style.setProperty('--above', sticks ? `${entry.target.clientHeight + 24}px` : '1rem');
  });

  constructor() {
    super();
    this.parts = undefined;
    printing(this, () =>
      this.#editor === undefined || this.parts === undefined
        ? undefined
        : { manuscript: textHere(this.#editor.session), options: this.parts.output },
    );
    this.addEventListener('keydown', (event) => this.#key(event));
  }

  static override styles = [base, controls, recordingStyles];

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('pagehide', this.#flush);
    document.addEventListener('visibilitychange', this.#flush);
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('pagehide', this.#flush);
    document.removeEventListener('visibilitychange', this.#flush);
    this.#heights.disconnect();
    this.#leave();
  }

  protected override willUpdate(_: PropertyValues<this>): void {
    const { view, desk } = this.parts ?? {};
    const id = view?.name === 'recording' ? view.id : undefined;
    if (id !== this.#editor?.session.id) this.#leave();
    if (this.#editor === undefined && id !== undefined && desk?.library !== undefined && this.isConnected) {
      this.#enter(new EditorSession(desk.library, id, () => this.requestUpdate()));
    }
    if (this.#editor === undefined) return;
    this.#editor.settle();
    this.#finding.look(this.#editor);
    this.#heard.look(this.#editor.document);
    void this.#hear(this.#editor).catch((thrown: unknown) => console.error(thrown));
  }

  override render() {
    const editor = this.#editor;
    const { desk, output } = this.parts ?? {};
    if (desk !== undefined && desk.library === undefined) return this.#instead(recordingWords.nothingKept());
    if (editor === undefined || output === undefined) return this.#instead(pageWords.opening());
    const { session, active, picked } = editor;
    const { recording, journal, document } = session;
    if (session.access === 'missing') return this.#instead(recordingWords.missing());
    if (recording === undefined) return this.#instead(pageWords.opening());
    const { name } = recording;
    return html`<main aria-labelledby="title">
      ${recordingHead(session, this.#heard.sound !== undefined)}
      <section class="top card" aria-label=${recordingWords.tools()}>
        <recording-player .player=${this.#heard.player} .sound=${this.#heard.sound} .spans=${this.#heard.spans}></recording-player>
        ${viewTools(editor)} ${this.#panel(editor)}
      </section>
      <p class="visually-hidden" role="status">${editor.told === undefined ? '' : toldWords(editor.told)}</p>
      <section class="text card">
        ${document.segments.length === 0 ? html`<p class="muted">${recordingWords.noText()}</p>` : nothing}
        <line-list
          .document=${document}
          .name=${recordingWords.textOf(name)}
          .language=${journal === undefined || journal.language === 'auto' ? undefined : journal.language}
          .active=${active}
          .writing=${editor.writing}
          .picked=${picked}
          .picking=${editor.picking}
          @line-act=${(event: HTMLElementEventMap['line-act']) => actOnLine(editor, event.detail)}
          @lines-seen=${() => this.#marks()}
        ></line-list>
      </section>
      <line-bar
        .document=${document}
        .active=${active?.id}
        .chosen=${editor.chosen}
        .picked=${picked.size}
        .playing=${this.#heard.player?.playing ?? false}
        .playable=${this.#heard.player !== undefined}
        .editable=${editor.editable}
        @bar-act=${(event: CustomEvent<BarAct>) => this.#bar(editor, event.detail)}
      ></line-bar>
      <footer class="card">
        <details>
          <summary>${recordingWords.out()}</summary>
          <save-bar .manuscript=${() => writtenText(session, desk?.library)} .name=${name} .output=${output}></save-bar>
        </details>
        ${
          isAsHeard(document, session.heard)
            ? nothing
            : html`<button
                class="button heard"
                ?disabled=${!editor.editable}
                @click=${() => editor.change(heardDocument(session.heard))}
              >
                ${recordingWords.heard()}
              </button>`
        }
      </footer>
      <shortcuts-dialog></shortcuts-dialog>
    </main>`;
  }

  protected override updated(): void {
    this.#heights.disconnect();
    const top = this.renderRoot.querySelector('.top');
    if (top !== null) this.#heights.observe(top);
    void this.#list?.updateComplete.then(() => this.#marks());
  }

  get #list(): LineList | null {
    return this.renderRoot.querySelector('line-list');
  }

  #instead(what: string) {
    return html`<main>${backLink()}
      <p class="muted" role="status">${what}</p>
    </main>`;
  }

  #panel(editor: Editor) {
    switch (editor.panel) {
      case 'none':
        return nothing;
      case 'find':
        return html`<find-bar
          class="panel"
          .query=${this.#finding.query}
          .count=${this.#finding.found.length}
          .at=${this.#finding.at}
          .editable=${editor.editable}
          @find-act=${(event: HTMLElementEventMap['find-act']) => this.#finding.run(editor, event.detail)}
        ></find-bar>`;
      case 'speakers':
        return html`<speaker-panel
          class="panel"
          .document=${editor.document}
          .editable=${editor.editable}
          @speaker-act=${(event: HTMLElementEventMap['speaker-act']) => actOnSpeakers(editor, event.detail)}
        ></speaker-panel>`;
    }
  }

  #enter(session: EditorSession): void {
    const editor = new Editor(session, {
      changed: () => this.requestUpdate(),
      focusLines: (place) => void this.updateComplete.then(() => this.#list?.focusActive(place)),
      reveal: (id) => void this.updateComplete.then(() => this.#list?.reveal(id, 'center')),
      showShortcuts: () => this.renderRoot.querySelector('shortcuts-dialog')?.show(),
    });
    this.#editor = editor;
    void this.#open(editor).catch((thrown: unknown) => console.error(thrown));
  }

  async #open({ session }: Editor): Promise<void> {
    await session.open();
    await this.updateComplete;
    if (this.#editor?.session !== session) return;
    this.renderRoot.querySelector<HTMLElement>('#title')?.focus({ preventScroll: true });
  }

  /** As soon as all of it is there. */
  async #hear(editor: Editor): Promise<void> {
    const { access, recording, id, document } = editor.session;
    const there = recording?.sound === 'whole' || recording?.sound === 'cut';
    if (!there || access === 'opening' || this.#soundOf === editor) return;
    this.#soundOf = editor;
    const sound = await this.parts?.desk?.library?.sound(id);
    if (this.#editor !== editor) return;
    this.#heard.open(sound, document);
    editor.player = this.#heard.player;
    this.requestUpdate();
  }

  #leave(): void {
    void this.#editor?.session.close();
    this.#editor = undefined;
    this.#heard.close();
    this.#finding.forget();
  }

  readonly #flush = (): void => void this.#editor?.session.flush();

  #marks(): void {
    const list = this.#list;
    if (list === null) return;
    this.#heard.spoken.refresh();
    this.#finding.mark(list);
  }

  #bar(editor: Editor, act: BarAct): void {
    if (act.act === 'command') editor.run(act.command);
    else if (act.act === 'new-speaker') giveToNewSpeaker(editor);
    else editor.change(assigned(editor.document, editor.chosen, act.id));
  }

  #key(event: KeyboardEvent): void {
    const editor = this.#editor;
    if (editor === undefined || event.defaultPrevented || event.isComposing) return;
    const command = commandOf(event, focusOf(event.composedPath()[0]));
    if (command === undefined) return;
    event.preventDefault();
    editor.run(command, event.key);
    // What had the focus may be another element now.
    if (event.composedPath().includes(this.#list as EventTarget) && STAY.has(command))
      editor.page.focusLines('shown');
  }
}
