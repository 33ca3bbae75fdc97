/** The late part of the page that shows jobs and their text, and puts it on paper. */
import { BatchBar } from './batch-bar.ts';
import type { SottoElement } from './element.ts';
import { JobCard } from './job-card.ts';
import { LanguageLine } from './language-line.ts';
import type { Printed } from './manuscript.ts';
import { NoticeList } from './notice-list.ts';
import { OutputPanel } from './output-panel.ts';
import { printing } from './print-sheet.ts';
import { SaveBar } from './save-bar.ts';
import { TranscriptView } from './transcript-view.ts';

const ELEMENTS = {
  'batch-bar': BatchBar,
  'job-card': JobCard,
  'language-line': LanguageLine,
  'notice-list': NoticeList,
  'output-panel': OutputPanel,
  'save-bar': SaveBar,
  'transcript-view': TranscriptView,
};

type Elements = { [Tag in keyof typeof ELEMENTS]: InstanceType<(typeof ELEMENTS)[Tag]> };

declare global {
  interface HTMLElementTagNameMap extends Elements {}
}

/** Once: a module runs once, but may be asked for by the desk and by the library. */
export function defineJobElements(): void {
  for (const [tag, element] of Object.entries(ELEMENTS)) {
    if (customElements.get(tag) === undefined) customElements.define(tag, element);
  }
}

export function startPrinting(host: SottoElement, printed: () => Printed | undefined): void {
  printing(host, printed);
}
