/** Entry of the embed: `<script type="module" src="https://host/embed/sotto.js">` and the element is there. */
import './define.ts';

export * from './events.ts';
export { SottoTranscriber } from './sotto-transcriber.ts';
