/** The Web Speech API's recognition on Sotto's engine, under names of its own: importing it changes nothing. */
export * from './events.ts';
export { SottoSpeechGrammar, SottoSpeechGrammarList } from './grammars.ts';
export { SottoSpeechRecognitionPhrase } from './phrases.ts';
export * from './results.ts';
export {
  type AvailabilityStatus,
  SottoSpeechRecognition,
  type SpeechRecognitionOptions,
} from './speech-recognition.ts';
