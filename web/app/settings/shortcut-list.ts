/** The page's keys, by view. */
import { type ShortcutGroup, shortcutGroups } from '../recording/shortcut-groups.ts';
import { pageWords } from '../words/page.ts';
import { recordingWords } from '../words/recording.ts';
import { settingsWords } from '../words/settings.ts';

export function listedShortcuts(): readonly ShortcutGroup[] {
  return [
    {
      title: settingsWords.keysEverywhere(),
      shortcuts: [
        { keys: ['Tab'], does: settingsWords.keyTab() },
        { keys: ['Shift + Tab'], does: settingsWords.keyShiftTab() },
        { keys: ['Enter'], does: settingsWords.keyEnter() },
      ],
    },
    { title: pageWords.desk(), shortcuts: [{ keys: ['Esc'], does: settingsWords.keyEscape() }] },
    ...shortcutGroups().map(({ title, shortcuts }) => ({
      title: `${recordingWords.editor()}: ${title}`,
      shortcuts,
    })),
  ];
}
