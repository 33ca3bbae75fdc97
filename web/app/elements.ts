/** The page's elements by their tags, but for those that come late (job-elements.ts, library-start.ts). */
import { ConsentNote } from './consent-note.ts';
import { ErrorNote } from './error-note.ts';
import { LevelMeter } from './level-meter.ts';
import { ModelPanel } from './model-panel.ts';
import { PlaceLine } from './place-line.ts';
import { PlacePanel } from './place-panel.ts';
import { ProgressLine } from './progress-line.ts';
import { ReadingPanel } from './reading-panel.ts';
import { RecorderPanel } from './recorder-panel.ts';
import { ServerWait } from './server-wait.ts';
import { SottoApp } from './sotto-app.ts';
import { SourcePanel } from './source-panel.ts';
import { StartFailure } from './start-failure.ts';

const ELEMENTS = {
  'consent-note': ConsentNote,
  'error-note': ErrorNote,
  'level-meter': LevelMeter,
  'model-panel': ModelPanel,
  'place-line': PlaceLine,
  'place-panel': PlacePanel,
  'progress-line': ProgressLine,
  'reading-panel': ReadingPanel,
  'recorder-panel': RecorderPanel,
  'server-wait': ServerWait,
  'source-panel': SourcePanel,
  'sotto-app': SottoApp,
  'start-failure': StartFailure,
};

type Elements = { [Tag in keyof typeof ELEMENTS]: InstanceType<(typeof ELEMENTS)[Tag]> };

declare global {
  interface HTMLElementTagNameMap extends Elements {}
}

export function defineElements(): void {
  for (const [tag, element] of Object.entries(ELEMENTS)) customElements.define(tag, element);
}
