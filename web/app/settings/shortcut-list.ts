/** The page's keys, as data. A view that has keys of its own adds its group to SHORTCUTS. */
import { pageWords } from '../words/page.ts';
import { settingsWords } from '../words/settings.ts';

export interface Shortcut {
  /** as on the keyboard; pressed together */
  readonly keys: readonly string[];
  readonly does: () => string;
}

export interface ShortcutGroup {
  readonly title: () => string;
  readonly shortcuts: readonly Shortcut[];
}

const EVERYWHERE: ShortcutGroup = {
  title: settingsWords.keysEverywhere,
  shortcuts: [
    { keys: ['Tab'], does: settingsWords.keyTab },
    { keys: ['Shift', 'Tab'], does: settingsWords.keyShiftTab },
    { keys: ['Enter'], does: settingsWords.keyEnter },
  ],
};

const DESK: ShortcutGroup = {
  title: pageWords.desk,
  shortcuts: [{ keys: ['Esc'], does: settingsWords.keyEscape }],
};

/** The groups of other views (captions, editor) are put behind these. */
export const SHORTCUTS: readonly ShortcutGroup[] = [EVERYWHERE, DESK];
