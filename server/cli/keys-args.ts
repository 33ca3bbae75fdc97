import { parseArgs } from 'node:util';
import { Compile } from 'typebox/compile';
import { KeyRequest, RotateRequest } from '../../shared/protocol/http-keys.ts';
import { StartError } from '../config.ts';
import { USUAL_OVERLAP_SECONDS } from '../tenants/key-wire.ts';

export type KeysCommand = { readonly json: boolean } & (
  | { readonly name: 'list' }
  | { readonly name: 'create'; readonly key: KeyRequest }
  | { readonly name: 'rotate'; readonly id: string; readonly overlapSeconds: number }
  | { readonly name: 'revoke'; readonly id: string }
);

const text = { type: 'string' } as const;
const OPTIONS = {
  name: text,
  scopes: text,
  models: text,
  origins: text,
  expires: text,
  weight: text,
  'requests-per-minute': text,
  jobs: text,
  sessions: text,
  'audio-seconds-per-day': text,
  'upload-bytes': text,
  overlap: text,
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = { readonly [Name in keyof typeof OPTIONS]?: string | boolean | undefined };

const checkKey = Compile(KeyRequest);
const checkRotation = Compile(RotateRequest);

/** Undefined: help was asked for. Throws StartError with what is wrong. */
export function readKeys(args: readonly string[]): KeysCommand | undefined {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  const [name, id, ...more] = positionals;
  const json = values.json === true;
  if (more.length > 0) throw new StartError(`sotto keys: "${more[0]}" is too much.`);
  switch (name) {
    case 'list':
      return { name, json };
    case 'create':
      return { name, json, key: readKey(values) };
    case 'rotate':
      return { name, json, id: needed(name, id), overlapSeconds: readOverlap(values.overlap) };
    case 'revoke':
      return { name, json, id: needed(name, id) };
    default:
      throw new StartError('sotto keys: say create --name NAME, list, rotate ID or revoke ID.');
  }
}

function parse(args: readonly string[]): { values: Values; positionals: readonly string[] } {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new StartError(`sotto keys: ${error instanceof Error ? error.message : error}`);
  }
}

function needed(command: string, id: string | undefined): string {
  if (id === undefined) throw new StartError(`sotto keys ${command}: name the key by its id (key_…).`);
  return id;
}

function readKey(values: Values): KeyRequest {
  if (values.name === undefined) throw new StartError('sotto keys create: say for whom: --name NAME.');
  const limits = {
    requests_per_minute: values['requests-per-minute'],
    jobs_at_once: values.jobs,
    sessions_at_once: values.sessions,
    audio_seconds_per_day: values['audio-seconds-per-day'],
    upload_bytes: values['upload-bytes'],
  };
  const key: unknown = said({
    name: values.name,
    scopes: list(values.scopes),
    allowed_models: list(values.models),
    allowed_origins: list(values.origins),
    expires_at: values.expires,
    weight: number(values.weight),
    limits: said(Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, number(value)]))),
  });
  if (checkKey.Check(key)) return key;
  const [first] = checkKey.Errors(key);
  throw new StartError(`sotto keys create: ${first?.instancePath.slice(1)} ${first?.message}.`);
}

function readOverlap(value: string | boolean | undefined): number {
  const rotation: unknown = { overlap_seconds: number(value) ?? USUAL_OVERLAP_SECONDS };
  if (checkRotation.Check(rotation)) return rotation.overlap_seconds ?? USUAL_OVERLAP_SECONDS;
  throw new StartError('sotto keys rotate: --overlap is in seconds, 30 days at most.');
}

const said = <Value extends object>(all: Value): Value =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Value;

const list = (value: string | boolean | undefined): string[] | undefined =>
  typeof value === 'string' ? value.split(/[\s,]+/).filter((word) => word !== '') : undefined;

/** What is no number is left to the schema to refuse. */
const number = (value: string | boolean | undefined): number | undefined =>
  typeof value === 'string' ? Number(value) : undefined;
