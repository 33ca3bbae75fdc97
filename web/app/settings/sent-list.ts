import { css, html, nothing } from 'lit';
import { type Book, isEmptyForever, type Line } from '../../sent/book.ts';
import { sentLog } from '../../sent/open.ts';
import { SottoElement } from '../element.ts';
import { currentLocale } from '../locale.ts';
import { bytes, clock } from '../quantities.ts';
import { base, controls } from '../styles.ts';
import { privacyWords } from '../words/privacy.ts';
import { sectionStyles } from './settings-styles.ts';

/** The notebook of what went out of this browser, the latest first. */
export class SentList extends SottoElement {
  static override properties = { book: { state: true } };
  declare book: Book | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor() {
    super();
    this.book = undefined;
  }

  static override styles = [
    base,
    controls,
    sectionStyles,
    css`
      .frame {
        max-block-size: 24rem;
        margin-block: 0.75rem;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius-small);
      }
      table {
        inline-size: 100%;
        border-collapse: collapse;
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        padding: 0.45rem 0.75rem;
        border-block-end: 1px solid var(--line);
        text-align: start;
        vertical-align: top;
        overflow-wrap: anywhere;
      }
      th {
        position: sticky;
        inset-block-start: 0;
        background: var(--sunken);
        font-weight: 550;
      }
      tr:last-child td {
        border-block-end: 0;
      }
      .nothing {
        margin-block-start: 0.6rem;
        font-weight: 600;
      }
      @media (max-width: 36rem) {
        thead {
          display: none;
        }
        tr,
        td {
          display: block;
        }
        td {
          padding-block: 0.1rem;
          border: 0;
        }
        tr {
          padding-block: 0.4rem;
          border-block-end: 1px solid var(--line);
        }
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unsubscribe = sentLog().subscribe(() => void this.#read());
    void this.#read();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe?.();
  }

  override render() {
    const { book } = this;
    if (book === undefined) return nothing;
    return html`
      ${book.lines.length === 0 ? this.#nothing(book) : this.#lines(book)}
      ${sentLog().lasts ? nothing : html`<p class="hint">${privacyWords.notLasting()}</p>`}
    `;
  }

  #nothing(book: Book) {
    const date = day(book.since);
    return isEmptyForever(book)
      ? html`<p class="nothing" role="status">${privacyWords.nothing()}</p>
          <p class="hint">${privacyWords.begun(date)}</p>`
      : html`<p class="nothing" role="status">${privacyWords.nothingSince(date)}</p>`;
  }

  #lines(book: Book) {
    return html`<p class="hint">
        ${privacyWords.since(day(book.since))}${book.dropped === 0 ? nothing : html` · ${privacyWords.dropped(book.dropped)}`}
      </p>
      <div class="frame" role="region" aria-label=${privacyWords.log()} tabindex="0">
        <table>
          <thead>
            <tr>
              <th scope="col">${privacyWords.when()}</th>
              <th scope="col">${privacyWords.whereTo()}</th>
              <th scope="col">${privacyWords.what()}</th>
            </tr>
          </thead>
          <tbody>
            ${book.lines.toReversed().map(
              (line) => html`<tr data-kind=${line.kind}>
                <td>${span(line)}</td>
                <td class="host">${line.host}</td>
                <td>${what(line)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
      <button class="button small" @click=${() => void sentLog().clear()}>${privacyWords.clear()}</button>`;
  }

  async #read(): Promise<void> {
    this.book = await sentLog().read();
  }
}

const day = (at: number): string => format(at, { dateStyle: 'medium', timeStyle: 'short' });

function format(at: number, style: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(currentLocale(), style).format(new Date(at));
}

function span({ from, to }: Line): string {
  return to - from < 60_000 ? day(from) : privacyWords.until(day(from), format(to, { timeStyle: 'short' }));
}

function what(line: Line): string {
  switch (line.kind) {
    case 'sound':
      return line.windows === 0
        ? privacyWords.connected()
        : privacyWords.sound(clock(line.seconds), line.windows);
    case 'model':
      return privacyWords.model(line.model, bytes(line.bytes, currentLocale()), line.requests);
    case 'address':
      return line.times === 1
        ? privacyWords.address(line.url)
        : privacyWords.addressTimes(line.url, line.times);
  }
}
