/** `npm run docs`: puts the tables of settings and options into docs/operators.md and docs/library.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { optionsTable } from '../support/options-table.ts';
import { settingsTable, settingTables, withSettings } from '../support/settings-table.ts';

const TABLES = { 'operators.md': settingsTable(await settingTables()), 'library.md': optionsTable() };

for (const [name, table] of Object.entries(TABLES)) {
  const path = new URL(`../../docs/${name}`, import.meta.url);
  await writeFile(path, withSettings(await readFile(path, 'utf8'), table));
}
