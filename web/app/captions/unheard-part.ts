/** Why something that was asked for is not heard. */
import { html } from 'lit';
import { captionWords } from '../words/captions.ts';
import type { Unheard } from './sound.ts';

export const unheardPart = (one: Unheard) =>
  one.why === 'microphone'
    ? html`<error-note .error=${one.error}></error-note>`
    : html`<p class="note">${textOf(one)}</p>`;

function textOf(one: Exclude<Unheard, { readonly why: 'microphone' }>): string {
  switch (one.why) {
    case 'not-shared':
      return captionWords.notShared();
    case 'no-sound':
      return captionWords.noSound();
    case 'unavailable':
      return captionWords.cannotShare();
    case 'share-failed':
      return captionWords.shareFailed(one.detail);
  }
}
