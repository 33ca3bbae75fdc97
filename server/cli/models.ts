/** `sotto models list|pull|verify`. */
import { parseArgs } from 'node:util';
import {
  chooseDtype,
  downloadBytes,
  findModel,
  type ModelEntry,
  modelFiles,
  OFFERED,
} from '../../shared/asr/catalogue.ts';
import { ERRORS, toSottoError } from '../../shared/errors.ts';
import { type Config, type Environment, readConfig, StartError } from '../config.ts';
import { modelHome } from '../engine/model-files.ts';
import { modelFolders } from '../machine.ts';
import { pullModel, verifyReceipt } from '../models/store.ts';
import { EXIT } from './exit.ts';
import { interruptible } from './interrupt.ts';
import type { Output } from './output.ts';

type ServerDevice = 'cpu' | 'cuda' | 'webgpu';

export async function runModels(args: readonly string[], env: Environment, output: Output): Promise<number> {
  const { command, id, device } = parse(args);
  const config = readConfig([], env);
  if (command === 'list') return list(config, device, output);
  const entry = id === undefined ? undefined : findModel(id);
  if (entry === undefined || !entry.supported) {
    throw new StartError(
      `sotto models ${command}: name one of ${OFFERED.map((offered) => offered.id).join(', ')}.`,
    );
  }
  return interruptible(async (signal) => {
    try {
      return command === 'pull'
        ? await pull(entry, config, device, output, signal)
        : await verify(entry, config, device, output);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const { code, message } = toSottoError(thrown);
      output.error(`sotto: ${entry.id}: ${message} ${ERRORS[code].next}`);
      return EXIT.failed;
    }
  });
}

function parse(args: readonly string[]) {
  let values: { readonly device?: string | undefined };
  let positionals: readonly string[];
  try {
    ({ values, positionals } = parseArgs({
      args: [...args],
      options: { device: { type: 'string' } },
      allowPositionals: true,
    }));
  } catch (error) {
    throw new StartError(`sotto models: ${error instanceof Error ? error.message : error}`);
  }
  const [word, id] = positionals;
  const command = (['list', 'pull', 'verify'] as const).find((known) => known === word);
  if (command === undefined) throw new StartError('sotto models: say list, pull ID or verify ID.');
  const wanted = values.device ?? 'cpu';
  const device = (['cpu', 'cuda', 'webgpu'] as const).find((known) => known === wanted);
  if (device === undefined) throw new StartError(`--device must be cpu, cuda or webgpu, not "${wanted}".`);
  return { command, id, device };
}

const filesOf = (entry: ModelEntry, device: ServerDevice) => {
  const dtype = chooseDtype(entry, device, { fp16: false });
  return { files: modelFiles(entry, dtype), bytes: downloadBytes(entry, dtype) };
};

async function list(config: Config, device: ServerDevice, output: Output): Promise<number> {
  const folders = modelFolders(config);
  const rows = await Promise.all(
    OFFERED.map(async (entry) => {
      const { files, bytes } = filesOf(entry, device);
      const state = await modelHome(folders, entry.id, files).then(
        () => 'here',
        (thrown) => (toSottoError(thrown).code === 'model_incomplete' ? 'damaged' : '-'),
      );
      const { length } = entry.languages;
      const languages = length === 1 ? (entry.languages[0] ?? '') : `${length} languages`;
      return [entry.id, state, `${Math.max(1, Math.round(bytes / 1e6))} MB`, languages] as const;
    }),
  );
  const width = Math.max(...rows.map(([id]) => id.length));
  const lines = rows.map(
    ([id, state, size, languages]) =>
      `${id.padEnd(width)}  ${state.padEnd(7)}  ${size.padStart(8)}  ${languages}\n`,
  );
  await output.write(lines.join(''));
  return EXIT.ok;
}

async function pull(
  entry: ModelEntry,
  config: Config,
  device: ServerDevice,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  if (entry.source === 'embedded') {
    output.error(`${entry.id} comes with the program: nothing to download.`);
    return EXIT.ok;
  }
  let last = '';
  const { fetched } = await pullModel(entry, {
    hub: config.hub,
    folder: config.modelStore,
    files: filesOf(entry, device).files,
    signal,
    onBytes(path, loaded, total) {
      output.status(
        `${path}: ${megabytes(loaded)}${total === undefined ? '' : ` of ${megabytes(total)}`} MB`,
      );
      if (path !== last && !output.terminal) output.error(path);
      last = path;
    },
  });
  output.error(fetched === 0 ? `${entry.id} was here already.` : `${entry.id} is in ${config.modelStore}.`);
  return EXIT.ok;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

async function verify(
  entry: ModelEntry,
  config: Config,
  device: ServerDevice,
  output: Output,
): Promise<number> {
  const home = await modelHome(modelFolders(config), entry.id, filesOf(entry, device).files);
  const wrong = await verifyReceipt(home);
  for (const line of wrong ?? []) output.error(`sotto: ${entry.id}/${line}`);
  if (wrong !== undefined && wrong.length > 0) {
    output.error('Remove what is wrong, then "sotto models pull" fetches it again.');
    return EXIT.failed;
  }
  const how = wrong === undefined ? 'whole, as far as its files tell' : 'as it was downloaded (SHA-256)';
  await output.write(`${entry.id}: ${how}, in ${home}\n`);
  return EXIT.ok;
}
