/** What the page remembers between visits. Storage may be forbidden; then nothing is remembered. */

export type Preference =
  | 'locale'
  | 'model'
  | 'spoken'
  | 'translate'
  | 'terms'
  | 'place'
  | 'consent'
  | 'output'
  | 'batch'
  | 'keep'
  | 'captions'
  | 'speakers'
  | 'library-order'
  | 'first-run'
  | 'browser-note'
  | 'theme'
  | 'doubtful'
  | 'player-rate'
  | 'player-skips';

const keyOf = (name: Preference) => `sotto.${name}`;

export function recall(name: Preference): string | undefined {
  try {
    return localStorage.getItem(keyOf(name)) ?? undefined;
  } catch {
    return undefined; // storage is forbidden here: the default is used
  }
}

export function remember(name: Preference, value: string): void {
  try {
    localStorage.setItem(keyOf(name), value);
  } catch {
    return; // storage is forbidden or full: the choice holds until the page is closed
  }
}
