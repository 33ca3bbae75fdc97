/** What to listen to, before it begins. */
import { html, nothing } from 'lit';
import type { Microphone } from '../microphones.ts';
import { captionWords } from '../words/captions.ts';
import { sourceWords } from '../words/source.ts';
import { canShare, type Side } from './sound.ts';

export interface Sources {
  readonly chosen: ReadonlySet<Side>;
  readonly microphones: readonly Microphone[];
  /** '': the system's choice */
  readonly deviceId: string;
  readonly onChoose: (side: Side, chosen: boolean) => void;
  readonly onDevice: (deviceId: string) => void;
}

export const sourcesPart = ({ chosen, microphones, deviceId, onChoose, onDevice }: Sources) => {
  const shares = canShare();
  const check = (side: Side, label: string, describedBy: string) => html`<label class="check">
    <input
      type="checkbox"
      .checked=${chosen.has(side)}
      ?disabled=${side === 'others' && !shares}
      aria-describedby=${describedBy}
      @change=${(event: Event & { target: HTMLInputElement }) => onChoose(side, event.target.checked)}
    />
    ${label}
  </label>`;
  return html`<fieldset class="sources">
    <legend>${captionWords.hear()}</legend>
    <div>
      ${check('you', captionWords.microphone(), '')}
      ${
        microphones.length > 1
          ? html`<select
              class="field"
              aria-label=${sourceWords.microphone()}
              ?disabled=${!chosen.has('you')}
              @change=${(event: Event & { target: HTMLSelectElement }) => onDevice(event.target.value)}
            >
              <option value="" .selected=${deviceId === ''}>${sourceWords.systemMicrophone()}</option>
              ${microphones.map(
                (one, index) => html`<option value=${one.deviceId} .selected=${one.deviceId === deviceId}>
                  ${one.label === '' ? sourceWords.numberedMicrophone(index + 1) : one.label}
                </option>`,
              )}
            </select>`
          : nothing
      }
    </div>
    <div>
      ${check('others', captionWords.shared(), 'share-hint')}
      <p class="muted small" id="share-hint">
        ${shares ? captionWords.sharedHint() : captionWords.cannotShare()}
      </p>
    </div>
  </fieldset>`;
};
