/** `sotto keys`: made, listed, changed, rotated and revoked where running servers look, in a file or in Redis. */
import { SottoError } from '../../shared/errors.ts';
import { type Config, type Environment, readConfig, StartError } from '../config.ts';
import { openOrStartError } from '../tenancy-services.ts';
import { keyChange, keyWire, newKey, secretWire } from '../tenants/key-wire.ts';
import { createKeyStore } from '../tenants/keys.ts';
import { isUsable, type Key, type KeyStore, type KeyWithSecret } from '../tenants/port.ts';
import { EXIT } from './exit.ts';
import { type KeysCommand, readKeys } from './keys-args.ts';
import type { Output } from './output.ts';
import { helpText } from './usage.ts';

/** Where the keys are. */
interface KeyPlace {
  readonly keys: KeyStore;
  /** for people */
  readonly name: string;
  close(): void;
}

export async function runKeys(args: readonly string[], env: Environment, output: Output): Promise<number> {
  const command = readKeys(args);
  if (command === undefined) {
    await output.write(`${helpText()}\n`);
    return EXIT.ok;
  }
  const place = await openPlace(
    readConfig(command.redis === undefined ? [] : ['--redis', command.redis], env),
  );
  try {
    return await run(command, place, output);
  } finally {
    place.close();
  }
}

/** As a server that is started so looks for them. */
async function openPlace({ cluster, tenants }: Config): Promise<KeyPlace> {
  const { redisUrl } = cluster;
  if (redisUrl === undefined) {
    const db = openOrStartError(tenants.file);
    return { keys: createKeyStore(db), name: tenants.file, close: db.close };
  }
  const { keysIn } = await import('../serve-cluster.ts');
  return { ...(await keysIn({ cluster }, redisUrl)), name: 'Redis' };
}

async function run(command: KeysCommand, { keys, name }: KeyPlace, output: Output): Promise<number> {
  switch (command.name) {
    case 'list': {
      const all = await keys.list();
      await output.write(command.json ? json(all.map(keyWire)) : table(all));
      if (all.length === 0) output.error(`There is no key in ${name}.`);
      return EXIT.ok;
    }
    case 'create':
      return show(
        await keys.create(orStartError('create', () => newKey(command.key, Date.now()))),
        command.json,
        output,
      );
    case 'change': {
      const change = orStartError('change', () => keyChange(command.change, Date.now()));
      const key = await keys.change(command.id, change);
      if (key === undefined) return unknown(command.id, output);
      await output.write(command.json ? json(keyWire(key)) : `${key.id} (${key.name}) is changed.\n`);
      return EXIT.ok;
    }
    case 'rotate': {
      const rotated = await keys.rotate(command.id, command.overlapSeconds * 1_000);
      return rotated === undefined ? unknown(command.id, output) : show(rotated, command.json, output);
    }
    case 'revoke': {
      const key = await keys.revoke(command.id);
      if (key === undefined) return unknown(command.id, output);
      await output.write(command.json ? json(keyWire(key)) : `${key.id} (${key.name}) is revoked.\n`);
      return EXIT.ok;
    }
  }
}

function orStartError<Read>(command: string, read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SottoError)) throw error;
    throw new StartError(`sotto keys ${command}: ${error.detail}.`);
  }
}

/** The secret alone on standard output, so that it can be piped to where it is kept. */
async function show(made: KeyWithSecret, asJson: boolean, output: Output): Promise<number> {
  if (!asJson) {
    const { id, name, previous } = made.key;
    output.error(`${id} (${name}). Keep its secret now: it is not shown again.`);
    if (previous !== undefined)
      output.error(`${previous.prefix}… is taken until ${timeText(previous.until)} as well.`);
  }
  await output.write(asJson ? json(secretWire(made)) : `${made.secret}\n`);
  return EXIT.ok;
}

function unknown(id: string, output: Output): number {
  output.error(`sotto keys: there is no key ${id}, or it is revoked; see "sotto keys list".`);
  return EXIT.failed;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function table(keys: readonly Key[]): string {
  const now = Date.now();
  const rows = keys.map((key) => [
    key.id,
    `${key.prefix}…`,
    stateOf(key, now),
    key.scopes.join(','),
    key.name,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => `${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`)
    .join('');
}

function stateOf(key: Key, now: number): string {
  if (key.revokedAt !== undefined) return 'revoked';
  if (!isUsable(key, now)) return 'over';
  return key.expiresAt === undefined ? 'valid' : `until ${timeText(key.expiresAt)}`;
}

const timeText = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
