/** The package as npm packs it, unpacked where those who install it have it: in a folder outside of the checkout. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

export interface Consumers {
  /** holds node_modules and a copy of each folder of test/package */
  readonly folder: string;
  readonly tarball: string;
  /** paths in the package */
  readonly files: readonly string[];
  /** Runs a program in a consumer's folder and gives what it printed; rejects with that. */
  bin(consumer: string, name: keyof typeof PROGRAMS | 'sotto', args: readonly string[]): Promise<string>;
  remove(): void;
}

const PROGRAMS = {
  node: [],
  tsc: [join(root, 'node_modules/typescript/bin/tsc')],
  vite: [join(root, 'node_modules/vite/bin/vite.js')],
} as const;

/** What consumers have beside it. */
const THEIRS = ['typescript', 'vite', '@types/node', 'react', '@types/react', 'vue'];

export async function installPackage(): Promise<Consumers> {
  const folder = mkdtempSync(join(tmpdir(), 'sotto-package-'));
  const modules = join(folder, 'node_modules');
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    maxBuffer: 2 ** 24,
  });
  const [packed] = JSON.parse(stdout) as readonly PackAnswer[];
  if (packed === undefined) throw new Error(`npm pack: ${stdout}`);
  const tarball = join(folder, packed.filename);
  mkdirSync(join(modules, 'sotto'), { recursive: true });
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'sotto')]);
  const manifest = JSON.parse(readFileSync(join(modules, 'sotto/package.json'), 'utf8')) as Manifest;
  // An install would fetch these, which takes minutes: the checkout's are the same.
  for (const name of [...Object.keys(manifest.dependencies), ...THEIRS]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  cpSync(join(root, 'test/package'), folder, { recursive: true });
  return {
    folder,
    tarball,
    files: packed.files.map(({ path }) => path),
    async bin(consumer, name, args) {
      const program = name === 'sotto' ? [join(modules, 'sotto', manifest.bin.sotto)] : PROGRAMS[name];
      try {
        const cwd = join(folder, consumer);
        return (await run(process.execPath, [...program, ...args], { cwd })).stdout;
      } catch (thrown) {
        const { stdout: out, stderr } = thrown as { readonly stdout?: string; readonly stderr?: string };
        throw new Error(`${name} in ${consumer}: ${out}${stderr}`, { cause: thrown });
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

interface PackAnswer {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly bin: { readonly sotto: string };
}
