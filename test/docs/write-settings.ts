/** `npm run docs`: puts the table of settings into docs/operators.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { settingsTable, settingTables, withSettings } from '../support/settings-table.ts';

const path = new URL('../../docs/operators.md', import.meta.url);
await writeFile(path, withSettings(await readFile(path, 'utf8'), settingsTable(await settingTables())));
