/** The table of settings in docs/operators.md, from the tables that the server reads them by. */
import { readdirSync } from 'node:fs';
import type { SettingTable } from '../../server/settings.ts';

/** Defaults that are the machine's, in words. */
const OF_THE_MACHINE: Readonly<Record<string, string>> = {
  ASR_THREADS: 'the cores, 8 at most',
  ASR_JOBS_DIR: '`~/.local/state/sotto/jobs`',
  ASR_KEYS_DB: '`~/.local/state/sotto/keys/keys.db`',
  ASR_SPOOL_DIR: 'the system’s folder for temporary files',
};

const BEGIN = '<!-- settings: made by "npm run docs", do not edit -->';
const END = '<!-- /settings -->';

const folder = new URL('../../server/', import.meta.url);

/** Every `…_SETTINGS` of the files server/settings-*.ts, in the order of their names. */
export async function settingTables(): Promise<readonly SettingTable[]> {
  const files = readdirSync(folder).filter((name) => /^settings-[\w-]+\.ts$/.test(name));
  const modules = await Promise.all(
    files.sort().map(async (name): Promise<Readonly<Record<string, unknown>>> => import(`${folder}${name}`)),
  );
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, table]) =>
      name.endsWith('_SETTINGS') ? [table as SettingTable] : [],
    ),
  );
}

export function settingsTable(tables: readonly SettingTable[]): string {
  const rows = tables.flatMap((table) =>
    Object.values(table).map(({ variable, fallback, help }) => {
      const value = OF_THE_MACHINE[variable] ?? (fallback === '' ? '' : `\`${fallback}\``);
      return `| \`${variable}\` | ${value} | ${help.replaceAll('|', '\\|')} |`;
    }),
  );
  return ['| variable | default | |', '|---|---|---|', ...rows].join('\n');
}

/** The document with this table in its place; throws where it has none. */
export function withSettings(document: string, table: string): string {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error('the document has no place for the settings');
  return `${document.slice(0, from + BEGIN.length)}\n${table}\n${document.slice(to)}`;
}
