/** The editor's keys as they are listed: under `?`, and in the settings. */
import { shortcutWords } from '../words/recording.ts';
import { COMMANDS, type Group, SHORTCUTS, WRITING_KEYS } from './shortcuts.ts';

export interface ShortcutGroup {
  readonly title: string;
  readonly shortcuts: readonly Shortcut[];
}

export interface Shortcut {
  /** as they are printed on keys; each of them does it */
  readonly keys: readonly string[];
  readonly does: string;
}

const GROUPS: readonly Group[] = ['listen', 'move', 'lines', 'whole'];

/** As they are printed on keys. */
const NAMES: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'Page ↑',
  PageDown: 'Page ↓',
  Escape: 'Esc',
};

export function shortcutGroups(): readonly ShortcutGroup[] {
  const writing = Object.keys(WRITING_KEYS) as (keyof typeof WRITING_KEYS)[];
  return [
    ...GROUPS.map((group) => ({
      title: shortcutWords.groups[group](),
      shortcuts: COMMANDS.filter((command) => SHORTCUTS[command].group === group).map((command) => ({
        keys: printed(SHORTCUTS[command].keys),
        does: shortcutWords[command](),
      })),
    })),
    {
      title: shortcutWords.groups.writing(),
      shortcuts: writing.map((what) => ({ keys: printed(WRITING_KEYS[what]), does: shortcutWords[what]() })),
    },
  ];
}

const printed = (keys: readonly string[]): string[] =>
  (keys.length > 2 ? [`${keys[0]}–${keys.at(-1)}`] : keys).map(label);

const label = (key: string): string =>
  key
    .split('+')
    .map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join(' + ');
