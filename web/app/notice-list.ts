import { css, html, nothing } from 'lit';
import type { JobNotice } from '../client/transcriber.ts';
import { SottoElement } from './element.ts';
import { clock } from './quantities.ts';
import { base } from './styles.ts';
import { errorWords } from './words/errors.ts';
import { jobWords } from './words/job.ts';

/** Things to say about a job that did not end it. */
export class NoticeList extends SottoElement {
  static override properties = { notices: { attribute: false } };
  declare notices: readonly JobNotice[];

  constructor() {
    super();
    this.notices = [];
  }

  static override styles = [
    base,
    css`
      ul {
        display: grid;
        gap: 0.4rem;
        padding: 0;
        list-style: none;
      }
      li {
        padding: 0.6rem 0.9rem;
        border-radius: var(--radius-small);
        background: var(--note-soft);
        color: var(--note-ink);
        font-size: 0.9375rem;
      }
    `,
  ];

  override render() {
    return html`<div role="status">
      ${
        this.notices.length === 0
          ? nothing
          : html`<ul>
              ${this.notices.map((notice) => html`<li>${noticeText(notice)}</li>`)}
            </ul>`
      }
    </div>`;
  }
}

function noticeText(notice: JobNotice): string {
  switch (notice.kind) {
    case 'digital-silence':
      return jobWords.digitalSilence();
    case 'no-speech':
      return jobWords.noSpeech();
    case 'too-far-behind':
      return jobWords.tooFarBehind(clock(notice.seconds));
    case 'kept-sound':
      return jobWords.keptSound(clock(notice.seconds));
    case 'left-out': {
      const stretch = jobWords.leftOut(clock(notice.start), clock(notice.end));
      const { message, next } = errorWords(notice.error.code);
      return `${stretch} ${message} ${next}`;
    }
    case 'ended-early': {
      const { message, next } = errorWords(notice.error.code);
      return `${jobWords.endedEarly(clock(notice.at))} ${message} ${next}`;
    }
  }
}
