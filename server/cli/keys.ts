/** `sotto keys`: made, listed, rotated and revoked in the file that a running server reads too. */
import { SottoError } from '../../shared/errors.ts';
import { type Config, type Environment, readConfig, StartError } from '../config.ts';
import { openOrStartError } from '../tenancy-services.ts';
import { keyWire, newKey, secretWire } from '../tenants/key-wire.ts';
import { createKeyStore } from '../tenants/keys.ts';
import { isUsable, type Key, type KeyStore, type KeyWithSecret, type NewKey } from '../tenants/port.ts';
import { EXIT } from './exit.ts';
import { type KeysCommand, readKeys } from './keys-args.ts';
import type { Output } from './output.ts';
import { helpText } from './usage.ts';

export async function runKeys(args: readonly string[], env: Environment, output: Output): Promise<number> {
  const command = readKeys(args);
  if (command === undefined) {
    await output.write(`${helpText()}\n`);
    return EXIT.ok;
  }
  const config = readConfig([], env);
  const db = openOrStartError(config.tenants.file);
  try {
    return await run(command, createKeyStore(db), config, output);
  } finally {
    db.close();
  }
}

async function run(command: KeysCommand, keys: KeyStore, config: Config, output: Output): Promise<number> {
  switch (command.name) {
    case 'list': {
      const all = await keys.list();
      await output.write(command.json ? json(all.map(keyWire)) : table(all));
      if (all.length === 0) output.error(`There is no key in ${config.tenants.file}.`);
      return EXIT.ok;
    }
    case 'create':
      return show(await keys.create(keyOf(command)), command.json, output);
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

function keyOf({ key }: Extract<KeysCommand, { readonly name: 'create' }>): NewKey {
  try {
    return newKey(key, Date.now());
  } catch (error) {
    if (!(error instanceof SottoError)) throw error;
    throw new StartError(`sotto keys create: ${error.detail}.`);
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
