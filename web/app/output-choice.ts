import { type OutputOptions, optionsFrom } from '../../shared/formats/options.ts';
import type { SottoElement } from './element.ts';
import { recall, remember } from './preferences.ts';

/** How transcripts are written down: what was chosen last, kept between visits. */
export class OutputChoice {
  options: OutputOptions = optionsFrom(parsed(recall('output')));

  constructor(host: SottoElement) {
    host.addEventListener('output-chosen', ({ detail }) => {
      this.options = detail;
      remember('output', JSON.stringify(detail));
      host.requestUpdate();
    });
  }
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // not what this page stored: the standard options hold
  }
}
