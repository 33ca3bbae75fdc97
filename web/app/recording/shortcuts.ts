/** What keys do while a recording is open, as one table; the list under `?` is made of it. */

export const SHORTCUTS = {
  // Listening
  play: { group: 'listen', keys: ['Space'] },
  hear: { group: 'listen', keys: ['Enter'] },
  back: { group: 'listen', keys: ['b'] },
  forward: { group: 'listen', keys: ['f'] },
  slower: { group: 'listen', keys: ['['] },
  faster: { group: 'listen', keys: [']'] },
  spoken: { group: 'listen', keys: ['g'] },
  // Moving
  wordLeft: { group: 'move', keys: ['ArrowLeft'] },
  wordRight: { group: 'move', keys: ['ArrowRight'] },
  lineUp: { group: 'move', keys: ['ArrowUp'] },
  lineDown: { group: 'move', keys: ['ArrowDown'] },
  tenUp: { group: 'move', keys: ['PageUp'] },
  tenDown: { group: 'move', keys: ['PageDown'] },
  lineStart: { group: 'move', keys: ['Home'] },
  lineEnd: { group: 'move', keys: ['End'] },
  first: { group: 'move', keys: ['Ctrl+Home'] },
  last: { group: 'move', keys: ['Ctrl+End'] },
  unsure: { group: 'move', keys: ['n'] },
  unsureBefore: { group: 'move', keys: ['Shift+n'] },
  // Lines
  edit: { group: 'lines', keys: ['e', 'F2'] },
  split: { group: 'lines', keys: ['s'] },
  merge: { group: 'lines', keys: ['m'] },
  confirm: { group: 'lines', keys: ['c'] },
  speaker: { group: 'lines', keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'] },
  nobody: { group: 'lines', keys: ['0'] },
  pick: { group: 'lines', keys: ['x'] },
  pickUp: { group: 'lines', keys: ['Shift+ArrowUp'] },
  pickDown: { group: 'lines', keys: ['Shift+ArrowDown'] },
  join: { group: 'lines', keys: ['j'] },
  unpick: { group: 'lines', keys: ['Escape'] },
  // The whole
  undo: { group: 'whole', keys: ['Ctrl+z'] },
  redo: { group: 'whole', keys: ['Ctrl+Shift+z', 'Ctrl+y'] },
  find: { group: 'whole', keys: ['/'] },
  speakers: { group: 'whole', keys: ['p'] },
  shortcuts: { group: 'whole', keys: ['?'] },
} as const satisfies Readonly<Record<string, { readonly group: Group; readonly keys: readonly string[] }>>;

export type Group = 'listen' | 'move' | 'lines' | 'whole';
export type Command = keyof typeof SHORTCUTS;

/** Keys in the text of a line that is being written (line-field.ts): listed, not looked up. */
export const WRITING_KEYS = {
  splitHere: ['Enter'],
  mergeBefore: ['Backspace'],
  mergeAfter: ['Delete'],
  around: ['ArrowUp', 'ArrowDown'],
  playHere: ['Ctrl+Enter'],
  done: ['Escape'],
} as const;

export const COMMANDS = Object.keys(SHORTCUTS) as readonly Command[];

const BY_KEY: ReadonlyMap<string, Command> = new Map(
  COMMANDS.flatMap((command) => SHORTCUTS[command].keys.map((key) => [key, command] as const)),
);

/** After these the keyboard is still on the lines, where it was. */
export const STAY: ReadonlySet<Command> = new Set(['undo', 'redo', 'pick', 'unpick']);

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/** `Ctrl` also stands for the Mac's command key. */
export function keyOf({ key, ctrlKey, metaKey, shiftKey }: Pressed): string {
  const name = key === ' ' ? 'Space' : key.length === 1 ? key.toLowerCase() : key;
  // A sign such as `?` needs Shift on one keyboard and not on another.
  const shifted = shiftKey && (key.length > 1 || /\p{L}/u.test(key));
  return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${shifted ? 'Shift+' : ''}${name}`;
}

/** What has the focus: keys that it uses itself are its own. */
export type Focus = 'text' | 'control' | 'word' | 'other';

/** Undefined where the key is somebody else's. */
export function commandOf(pressed: Pressed, focus: Focus): Command | undefined {
  if (pressed.altKey || focus === 'text') return undefined;
  const key = keyOf(pressed);
  const command = BY_KEY.get(key);
  if (command === undefined || focus !== 'control') return command;
  // Buttons, boxes and sliders take these themselves.
  const own = key === 'Space' || key === 'Enter' || key === 'Escape' || SHORTCUTS[command].group === 'move';
  return own && !['n', 'Shift+n'].includes(key) ? undefined : command;
}

const TEXT_FIELDS =
  'textarea, select, [contenteditable], input:not([type=checkbox], [type=range], [type=button])';
const CONTROLS = 'button, a[href], summary, input, dialog';

export function focusOf(target: EventTarget | undefined): Focus {
  if (!(target instanceof Element)) return 'other';
  if (target.closest(TEXT_FIELDS) !== null) return 'text';
  if (target.closest('.word, .time') !== null) return 'word';
  return target.closest(CONTROLS) === null ? 'other' : 'control';
}
