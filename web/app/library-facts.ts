import type { Recording } from '../library/port.ts';
import { currentLocale } from './locale.ts';
import { bytes, clock, dateAndTime } from './quantities.ts';
import { libraryWords } from './words/library.ts';

/** What is said of a recording below its name. */
export function factsOf({ createdAt, seconds, bytes: size, state, sound, kind }: Recording): string[] {
  const locale = currentLocale();
  const states = {
    capturing: libraryWords.capturing(),
    reading: libraryWords.reading(),
    stopped: libraryWords.stopped(),
    done: '',
  };
  const ofSound = {
    none: kind === 'url' ? '' : libraryWords.noSound(),
    cut: libraryWords.cutSound(),
    writing: '',
    whole: '',
  };
  return [
    dateAndTime(createdAt, locale),
    seconds > 0 ? clock(seconds) : '',
    size > 0 ? bytes(size, locale) : '',
    states[state],
    ofSound[sound],
  ].filter((fact) => fact !== '');
}
