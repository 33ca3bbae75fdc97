/** Where a child process begins, and what Node is told before it: from the sources, through tsx, or compiled. */
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface ChildEntry {
  /** path of its script */
  readonly path: string;
  /** options of Node's own */
  readonly execArgv: readonly string[];
}

/** A child begins as its parent was begun. @param parent address of the module that starts it @param name of its entry, beside it */
export function childEntry(parent: string, name: string): ChildEntry {
  const fromSource = parent.endsWith('.ts');
  return {
    path: fileURLToPath(new URL(`./${name}${fromSource ? '.ts' : '.js'}`, parent)),
    execArgv: fromSource ? ['--import', tsx()] : [],
  };
}

const tsx = () => pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
