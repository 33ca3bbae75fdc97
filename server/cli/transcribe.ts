/** `sotto transcribe`: the server's own path without HTTP. */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ERRORS, SottoError, toSottoError } from '../../shared/errors.ts';
import { FORMATS } from '../../shared/formats/index.ts';
import type { Environment } from '../config.ts';
import { serviceOptions } from '../machine.ts';
import type { TranscribeResult, TranscriptionService } from '../service/port.ts';
import { createTranscriptionService } from '../service/service.ts';
import { EXIT } from './exit.ts';
import { interruptible } from './interrupt.ts';
import type { Output } from './output.ts';
import { createFileProgress } from './progress.ts';
import { outputPaths, readTranscribe, type TranscribeCommand } from './transcribe-args.ts';
import { helpText } from './usage.ts';

export async function runTranscribe(
  args: readonly string[],
  env: Environment,
  output: Output,
): Promise<number> {
  const command = readTranscribe(args, env);
  if (command === undefined) {
    await output.write(`${helpText()}\n`);
    return EXIT.ok;
  }
  return interruptible(async (signal) => {
    const service = await createTranscriptionService(serviceOptions(command.config));
    try {
      return await transcribeAll(command, service, output, signal);
    } finally {
      await service.close();
    }
  });
}

async function transcribeAll(
  command: TranscribeCommand,
  service: TranscriptionService,
  output: Output,
  signal: AbortSignal,
): Promise<number> {
  const { files, format, output: folder } = command;
  const paths = folder === undefined ? undefined : outputPaths(files, folder, format);
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  let failed = false;
  for (const [index, file] of files.entries()) {
    try {
      const result = await transcribeOne(file, command, service, output, signal);
      const text = FORMATS[format].write(result);
      const path = paths?.[index];
      if (path === undefined) await output.write(text);
      else await writeFile(path, text);
      const wrong = damageOf(result);
      for (const line of wrong) output.error(`sotto: ${file}: ${line}`);
      failed ||= wrong.length > 0;
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const error = toSottoError(thrown);
      output.error(`sotto: ${file}: ${error.message} ${ERRORS[error.code].next}`);
      failed = true;
    }
  }
  return failed ? EXIT.failed : EXIT.ok;
}

async function transcribeOne(
  file: string,
  { options, config, quiet }: TranscribeCommand,
  service: TranscriptionService,
  output: Output,
  signal: AbortSignal,
): Promise<TranscribeResult> {
  const read = (path: string) =>
    service.reserve({ force: true }).transcribe({
      path,
      model: config.asr.model,
      options,
      signal,
      maxWaitMs: Number.POSITIVE_INFINITY,
      ...(quiet ? {} : { onProgress: createFileProgress(file, output) }),
    });
  if (file !== '-') return read(file);
  const folder = await mkdtemp(join(tmpdir(), 'sotto-stdin-'));
  try {
    const path = join(folder, 'input');
    await pipeline(process.stdin, createWriteStream(path, { mode: 0o600 }), { signal });
    return await read(path);
  } catch (thrown) {
    throw thrown instanceof SottoError
      ? thrown
      : new SottoError('file_unreadable', undefined, { cause: thrown });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is missing from a text that was written all the same. */
function damageOf({ leftOut, endedEarly }: TranscribeResult): string[] {
  const lines = leftOut.map(({ start, end, error }) => {
    return `${start.toFixed(1)} s to ${end.toFixed(1)} s: ${ERRORS[error.code].message}`;
  });
  return endedEarly === undefined ? lines : [...lines, ERRORS[endedEarly.code].message];
}
