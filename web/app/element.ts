import { updateWhenLocaleChanges } from '@lit/localize';
import { LitElement } from 'lit';

/** Base of the page's elements: speaks the language of the page. */
export class SottoElement extends LitElement {
  constructor() {
    super();
    updateWhenLocaleChanges(this);
  }
}
