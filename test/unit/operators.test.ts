import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { optionsTable } from '../support/options-table.ts';
import { FROM_SOURCE } from '../support/programs.ts';
import { settingsTable, settingTables, withSettings } from '../support/settings-table.ts';

const read = (path: string) => readFile(path, 'utf8');

describe('the settings of docs/operators.md', () => {
  it('are those that the server reads (else: npm run docs)', async () => {
    const document = await read('docs/operators.md');
    expect(withSettings(document, settingsTable(await settingTables()))).toBe(document);
  });

  it('are those of the options of docs/library.md too', async () => {
    const document = await read('docs/library.md');
    expect(withSettings(document, optionsTable())).toBe(document);
  });

  it('are each in the table once, with the default as an operator would write it', async () => {
    const table = settingsTable(await settingTables());
    const variables = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, variable]) => variable);
    expect(new Set(variables).size).toBe(variables.length);
    expect(table).toContain('| `ASR_QUEUE_MAX` | `3` |');
    // What depends on the machine must not change the document from one to the next.
    expect(table).toMatch(/`ASR_THREADS` \| the cores/);
  });

  it('need a place', () => {
    expect(() => withSettings('# no place', '')).toThrow('no place');
  });
});

/** Nothing here can build an image; what would be wrong with it at first sight is found. */
describe('deploy/', () => {
  it('the image is built in stages, from a lock file, and runs as nobody’s root with a check of itself', async () => {
    const lines = (await read('deploy/Dockerfile')).split('\n');
    const known =
      /^(FROM|WORKDIR|COPY|RUN|ENV|USER|EXPOSE|HEALTHCHECK|STOPSIGNAL|CMD|ARG|#|$| {2}CMD)( |$|(?<=#).*)/;
    expect(lines.filter((line) => !known.test(line))).toEqual([]);
    const at = (start: string) => lines.findIndex((line) => line.startsWith(start));
    const last = (start: string) => lines.findLastIndex((line) => line.startsWith(start));
    expect(lines.filter((line) => line.startsWith('FROM '))).toHaveLength(2);
    expect(lines.filter((line) => /^FROM \S+(:latest)?( |$)/.test(line) && !/:\d/.test(line))).toEqual([]);
    expect(at('COPY package.json package-lock.json')).toBeLessThan(at('RUN npm ci'));
    expect(at('RUN npm ci')).toBeLessThan(at('COPY . .'));
    expect(last('COPY . .')).toBeLessThan(last('FROM '));
    expect(last('USER node')).toBeGreaterThan(last('RUN '));
    expect(last('HEALTHCHECK')).toBeGreaterThan(last('FROM '));
    // What lasts lies in folders of the user that runs it.
    const folders = lines.filter((line) => line.startsWith('RUN install -d -o node')).join(' ');
    for (const each of ['.cache/sotto/models', '.local/state/sotto/jobs', '.local/state/sotto/keys']) {
      expect(folders).toContain(`/home/node/${each}`);
    }
    expect(lines[last('CMD ')]).toBe('CMD ["node", "dist/node/server/main.js"]');
  });

  it('the unit starts what npm start starts, and lives on when an engine is taken for its memory', async () => {
    const unit = await read('deploy/sotto.service');
    const { scripts } = JSON.parse(await read('package.json'));
    const [, entry] = /^ExecStart=\/usr\/bin\/node (\S+)$/m.exec(unit) ?? [];
    expect(scripts.start).toMatch(new RegExp(`exec node ${entry?.replaceAll('.', '\\.')}$`));
    expect(unit).toContain('\nOOMPolicy=continue\n');
    expect(unit).toContain('\nKillMode=mixed\n');
    expect(unit).toContain('\nDynamicUser=yes\n');
    // Compiled JavaScript and a GPU need these.
    expect(unit).not.toMatch(/^(MemoryDenyWriteExecute|PrivateDevices)=/m);
  });

  it('the chaos and the soak run what is installed, not the sources', async () => {
    const { scripts } = JSON.parse(await read('package.json'));
    for (const name of ['chaos', 'soak']) expect(scripts[name]).toContain('build:node');
    expect(FROM_SOURCE).toContain('server/main.ts');
  });
});
