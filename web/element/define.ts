/** Defines the element; the second time, whoever did it, changes nothing. */
import { SottoTranscriber } from './sotto-transcriber.ts';

declare global {
  interface HTMLElementTagNameMap {
    'sotto-transcriber': SottoTranscriber;
  }
}

if (customElements.get('sotto-transcriber') === undefined) {
  customElements.define('sotto-transcriber', SottoTranscriber);
}
