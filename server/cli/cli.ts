/** `sotto COMMAND`: which command it is, and the exit code. */
import { type Environment, readConfig, StartError } from '../config.ts';
import { serve } from '../serve.ts';
import { EXIT } from './exit.ts';
import { runKeys } from './keys.ts';
import { runModels } from './models.ts';
import { type Output, processOutput } from './output.ts';
import { runPlan } from './plan.ts';
import { runTranscribe } from './transcribe.ts';
import { helpText } from './usage.ts';

export interface Invocation {
  readonly args: readonly string[];
  readonly env: Environment;
}

/** Undefined: it goes on until a signal ends it. */
export async function runCli(
  { args, env }: Invocation,
  output: Output = processOutput(),
): Promise<number | undefined> {
  const [command = '--help', ...rest] = args;
  try {
    switch (command) {
      case 'serve': {
        if (rest.includes('--help')) return help(output);
        const code = await serve(() => readConfig(rest, env));
        return code === 0 ? undefined : code;
      }
      case 'worker': {
        if (rest.includes('--help')) return help(output);
        const { runWorker } = await import('./worker.ts');
        await runWorker(rest, env);
        return undefined;
      }
      case 'transcribe':
        return await runTranscribe(rest, env, output);
      case 'models':
        return await runModels(rest, env, output);
      case 'keys':
        return await runKeys(rest, env, output);
      case 'plan':
        return await runPlan(rest, output);
      case '--help':
      case '-h':
      case 'help':
        return help(output);
      default:
        output.error(`sotto: there is no command "${command}".\n${helpText()}`);
        return EXIT.usage;
    }
  } catch (thrown) {
    if (!(thrown instanceof StartError)) throw thrown;
    output.error(thrown.message);
    return EXIT.usage;
  }
}

function help(output: Output): number {
  output.write(`${helpText()}\n`);
  return EXIT.ok;
}
