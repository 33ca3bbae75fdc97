/** Entry of the polyfill: `import 'sotto/polyfill'`, and pages find recognition where the browser has none. */
import { install } from './polyfill-names.ts';

export { SottoSpeechRecognition } from './main.ts';
export { type InstallOptions, install } from './polyfill-names.ts';

install();
