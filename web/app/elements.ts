/** The page's elements by their tags. */
import { BatchBar } from './batch-bar.ts';
import { ConsentNote } from './consent-note.ts';
import { ErrorNote } from './error-note.ts';
import { JobCard } from './job-card.ts';
import { LanguageLine } from './language-line.ts';
import { LevelMeter } from './level-meter.ts';
import { ModelPanel } from './model-panel.ts';
import { NoticeList } from './notice-list.ts';
import { OutputPanel } from './output-panel.ts';
import { PlaceLine } from './place-line.ts';
import { PlacePanel } from './place-panel.ts';
import { ProgressLine } from './progress-line.ts';
import { ReadingPanel } from './reading-panel.ts';
import { RecorderPanel } from './recorder-panel.ts';
import { SaveBar } from './save-bar.ts';
import { ServerWait } from './server-wait.ts';
import { SottoApp } from './sotto-app.ts';
import { SourcePanel } from './source-panel.ts';
import { StartFailure } from './start-failure.ts';
import { TranscriptView } from './transcript-view.ts';

const ELEMENTS = {
  'batch-bar': BatchBar,
  'consent-note': ConsentNote,
  'error-note': ErrorNote,
  'job-card': JobCard,
  'language-line': LanguageLine,
  'level-meter': LevelMeter,
  'model-panel': ModelPanel,
  'notice-list': NoticeList,
  'output-panel': OutputPanel,
  'place-line': PlaceLine,
  'place-panel': PlacePanel,
  'progress-line': ProgressLine,
  'reading-panel': ReadingPanel,
  'recorder-panel': RecorderPanel,
  'save-bar': SaveBar,
  'server-wait': ServerWait,
  'source-panel': SourcePanel,
  'sotto-app': SottoApp,
  'start-failure': StartFailure,
  'transcript-view': TranscriptView,
};

type Elements = { [Tag in keyof typeof ELEMENTS]: InstanceType<(typeof ELEMENTS)[Tag]> };

declare global {
  interface HTMLElementTagNameMap extends Elements {}
}

export function defineElements(): void {
  for (const [tag, element] of Object.entries(ELEMENTS)) customElements.define(tag, element);
}
