/** What goes under which of the platform's names. */
import * as sotto from './main.ts';

const NAMES = {
  SpeechRecognition: sotto.SottoSpeechRecognition,
  webkitSpeechRecognition: sotto.SottoSpeechRecognition,
  SpeechRecognitionEvent: sotto.SottoSpeechRecognitionEvent,
  SpeechRecognitionErrorEvent: sotto.SottoSpeechRecognitionErrorEvent,
  SpeechRecognitionAlternative: sotto.SottoSpeechRecognitionAlternative,
  SpeechRecognitionResult: sotto.SottoSpeechRecognitionResult,
  SpeechRecognitionResultList: sotto.SottoSpeechRecognitionResultList,
  SpeechRecognitionPhrase: sotto.SottoSpeechRecognitionPhrase,
  SpeechGrammar: sotto.SottoSpeechGrammar,
  SpeechGrammarList: sotto.SottoSpeechGrammarList,
};

export interface InstallOptions {
  /** also where the browser has recognition of its own, which may send sound to its maker */
  readonly force?: boolean;
}

/**
 * Puts recognition where pages look for it. False where the browser's own was left in place, and on insecure pages,
 * which have neither microphones nor this interface.
 */
export function install({ force = false }: InstallOptions = {}): boolean {
  if (!isSecureContext) return false;
  if (!force && ('SpeechRecognition' in globalThis || 'webkitSpeechRecognition' in globalThis)) return false;
  for (const [name, value] of Object.entries(NAMES)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return true;
}
