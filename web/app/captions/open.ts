/** Entry of the live captions: defines their elements and makes the view. */
import type { ViewElement } from '../view-parts.ts';
import { CaptionList } from './caption-list.ts';
import { CaptionsView } from './captions-view.ts';

declare global {
  interface HTMLElementTagNameMap {
    'caption-list': CaptionList;
    'captions-view': CaptionsView;
  }
}

export function open(): ViewElement {
  if (customElements.get('captions-view') === undefined) {
    customElements.define('caption-list', CaptionList);
    customElements.define('captions-view', CaptionsView);
  }
  return document.createElement('captions-view');
}
