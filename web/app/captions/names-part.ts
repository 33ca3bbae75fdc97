/** What the two speakers are called. */
import { html } from 'lit';
import { captionWords } from '../words/captions.ts';
import type { Side } from './sound.ts';
import { namesOf, type TypedNames, typedNamesFrom } from './speakers.ts';

export const namesPart = (typed: TypedNames, onNames: (typed: TypedNames) => void) => {
  const standard = namesOf(typedNamesFrom(undefined));
  const field = (side: Side, label: string) => html`<div>
    <label for="name-${side}">${label}</label>
    <input
      id="name-${side}"
      class="field"
      maxlength="60"
      autocomplete="off"
      placeholder=${standard[side]}
      .value=${typed[side]}
      @change=${(event: Event & { target: HTMLInputElement }) =>
        onNames(typedNamesFrom({ ...typed, [side]: event.target.value }))}
    />
  </div>`;
  return html`<details class="names">
    <summary>${captionWords.names()}</summary>
    <div class="fields">${field('you', captionWords.nameOfYou())} ${field('others', captionWords.nameOfOthers())}</div>
  </details>`;
};
