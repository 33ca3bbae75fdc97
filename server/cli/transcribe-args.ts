import { basename, extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { findModel } from '../../shared/asr/catalogue.ts';
import type { Task } from '../../shared/asr/engine.ts';
import { FORMAT_IDS, FORMATS, type FormatId } from '../../shared/formats/index.ts';
import { type Config, type Environment, readConfig, StartError } from '../config.ts';

export interface TranscribeCommand {
  readonly files: readonly string[];
  readonly format: FormatId;
  readonly output: string | undefined;
  readonly options: {
    readonly task: Task;
    readonly language?: string;
    readonly prompt?: string;
    readonly times?: 'word';
  };
  readonly quiet: boolean;
  readonly config: Config;
}

const text = { type: 'string' } as const;
const OPTIONS = {
  format: text,
  output: text,
  language: text,
  task: text,
  prompt: text,
  model: text,
  device: text,
  threads: text,
  words: { type: 'boolean' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Undefined: help was asked for. Throws StartError with what is wrong. */
export function readTranscribe(args: readonly string[], env: Environment): TranscribeCommand | undefined {
  const { values, positionals: files } = parse(args);
  if (values.help === true) return undefined;
  if (files.length === 0) throw new StartError('sotto transcribe: name a file, or - for standard input.');
  const format = choose('--format', values.format ?? 'txt', FORMAT_IDS);
  const task = choose('--task', values.task ?? 'transcribe', ['transcribe', 'translate'] as const);
  if (files.length > 1 && values.output === undefined && ['srt', 'vtt', 'csv'].includes(format)) {
    throw new StartError(`sotto transcribe: several files as ${format} need --output DIR.`);
  }
  const config = readConfig([], {
    ...env,
    ASR_SPARES: env.ASR_SPARES || '0',
    ...(values.model === undefined ? {} : { ASR_MODEL: values.model }),
    ...(values.device === undefined ? {} : { ASR_DEVICE: values.device }),
    ...(values.threads === undefined ? {} : { ASR_THREADS: values.threads }),
  });
  const { language, prompt } = values;
  checkModel(config.asr.model, task, language);
  return {
    files,
    format,
    output: values.output,
    options: {
      task,
      ...(language === undefined || language === 'auto' ? {} : { language }),
      ...(prompt === undefined ? {} : { prompt }),
      ...(values.words === true ? { times: 'word' as const } : {}),
    },
    quiet: values.quiet === true,
    config,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new StartError(`sotto transcribe: ${error instanceof Error ? error.message : error}`);
  }
}

function choose<const Word extends string>(flag: string, value: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found === undefined)
    throw new StartError(`${flag} must be one of ${words.join(', ')}, not "${value}".`);
  return found;
}

function checkModel(id: string, task: Task, language: string | undefined): void {
  const entry = findModel(id);
  if (entry === undefined) return;
  if (!entry.tasks.includes(task)) throw new StartError(`The model ${id} does not ${task}.`);
  if (language !== undefined && language !== 'auto' && !entry.languages.includes(language)) {
    throw new StartError(`The model ${id} does not know the language "${language}".`);
  }
}

/** Where each file's text goes; files of the same name but for their endings keep them. */
export function outputPaths(files: readonly string[], folder: string, format: FormatId): readonly string[] {
  const nameOf = (file: string) => (file === '-' ? 'stdin' : basename(file));
  const stemOf = (file: string) => basename(nameOf(file), extname(nameOf(file)));
  const used = new Set<string>();
  return files.map((file) => {
    const alone = files.filter((other) => stemOf(other) === stemOf(file)).length === 1;
    const stem = alone ? stemOf(file) : nameOf(file);
    let name = stem;
    for (let copy = 2; used.has(name); copy++) name = `${stem}-${copy}`;
    used.add(name);
    return join(folder, `${name}.${FORMATS[format].extension}`);
  });
}
