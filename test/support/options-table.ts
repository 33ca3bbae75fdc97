/** The options of `sotto/server` for docs/library.md: the settings by their names in a program. */
import type { SettingTable } from '../../server/settings.ts';
import { ASR_SETTINGS } from '../../server/settings-asr.ts';
import { HTTP_SETTINGS } from '../../server/settings-http.ts';
import { JOB_SETTINGS } from '../../server/settings-jobs.ts';
import { REALTIME_SETTINGS } from '../../server/settings-realtime.ts';

const GROUPS = {
  asr: ASR_SETTINGS,
  http: HTTP_SETTINGS,
  jobs: JOB_SETTINGS,
  realtime: REALTIME_SETTINGS,
} satisfies Readonly<Record<string, SettingTable>>;

/** Defaults that are not what the table says: the machine's, or a program's own. */
const IN_WORDS: Readonly<Record<string, string>> = {
  'asr.threads': 'the cores, 8 at most',
  'http.spoolParent': 'the system’s folder for temporary files',
  'jobs.folder': '`null`: no jobs',
};

/** Whether the server reads at all is no option: it is what the package is for. */
const NO_OPTION = 'asr.enabled';

export function optionsTable(): string {
  const rows = Object.entries(GROUPS).flatMap(([group, table]: [string, SettingTable]) =>
    Object.entries(table).map(([name, { variable, fallback, read }]) => {
      const option = `${group}.${name}`;
      return {
        option,
        row: `| \`${option}\` | ${IN_WORDS[option] ?? shown(read(fallback))} | \`${variable}\` |`,
      };
    }),
  );
  const options = rows.filter(({ option }) => option !== NO_OPTION).map(({ row }) => row);
  return ['| option | default | as a variable |', '|---|---|---|', ...options].join('\n');
}

function shown(value: unknown): string {
  const json =
    value instanceof Map ? `new Map(${JSON.stringify([...value])})` : JSON.stringify(value ?? null);
  return `\`${json}\``;
}
