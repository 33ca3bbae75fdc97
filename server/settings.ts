/** How a setting is described: one row holds its variable, its default, what --help says, and how it is read. */

export interface Setting<Value> {
  /** the environment variable */
  readonly variable: string;
  /** what stands for an unset or empty variable, as an operator would write it */
  readonly fallback: string;
  /** one line for --help */
  readonly help: string;
  /** a secret: never repeated in a message */
  readonly hidden?: true;
  /** Throws SettingError. */
  readonly read: (text: string) => Value;
}

export type SettingTable = Readonly<Record<string, Setting<unknown>>>;

export type SettingValues<Table extends SettingTable> = {
  readonly [Name in keyof Table]: ReturnType<Table[Name]['read']>;
};

/** Completes the sentence "VARIABLE must be". */
export class SettingError extends Error {
  override readonly name = 'SettingError';
}

/** Throws SettingError with a whole sentence that names the variable and what was written. */
export function readSettings<const Table extends SettingTable>(
  table: Table,
  env: Readonly<Record<string, string | undefined>>,
): SettingValues<Table> {
  const values = Object.entries(table).map(([name, { variable, fallback, read, hidden }]) => {
    const text = env[variable] || fallback;
    try {
      return [name, read(text)] as const;
    } catch (error) {
      if (!(error instanceof SettingError)) throw error;
      const written = hidden ? '' : `, not "${text}"`;
      throw new SettingError(`${variable} must be ${error.message}${written}.`);
    }
  });
  return Object.fromEntries(values) as SettingValues<Table>;
}

/** The rows as --help shows them. */
export function settingsHelp(table: SettingTable): string {
  return Object.values(table)
    .map(({ variable, fallback, help }) => `  ${variable.padEnd(22)} ${help} (${fallback || 'none'})`)
    .join('\n');
}

/** `unit` multiplies what was written; the bounds are in what is written. */
export function numberFrom({ from, to, unit = 1 }: { from: number; to: number; unit?: number }) {
  return (text: string): number => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= from && value <= to)) throw new SettingError(`a number from ${from} to ${to}`);
    return Math.round(value * unit);
  };
}
