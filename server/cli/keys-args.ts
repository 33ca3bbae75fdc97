import { parseArgs } from 'node:util';
import { Compile } from 'typebox/compile';
import { KeyChangeRequest, KeyRequest, RotateRequest } from '../../shared/protocol/http-keys.ts';
import { StartError } from '../config.ts';
import { USUAL_OVERLAP_SECONDS } from '../tenants/key-wire.ts';

export type KeysCommand = {
  readonly json: boolean;
  /** where keys lie instead of in a file */
  readonly redis: string | undefined;
} & (
  | { readonly name: 'list' }
  | { readonly name: 'create'; readonly key: KeyRequest }
  | { readonly name: 'change'; readonly id: string; readonly change: KeyChangeRequest }
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
  redis: text,
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Values = { readonly [Name in keyof typeof OPTIONS]?: string | boolean | undefined };

const checkKey = Compile(KeyRequest);
const checkChange = Compile(KeyChangeRequest);
const checkRotation = Compile(RotateRequest);

/** Undefined: help was asked for. Throws StartError with what is wrong. */
export function readKeys(args: readonly string[]): KeysCommand | undefined {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  const [name, id, ...more] = positionals;
  const common = {
    json: values.json === true,
    redis: typeof values.redis === 'string' ? values.redis : undefined,
  };
  if (more.length > 0) throw new StartError(`sotto keys: "${more[0]}" is too much.`);
  switch (name) {
    case 'list':
      return { name, ...common };
    case 'create':
      return { name, ...common, key: readKey(values) };
    case 'change':
      return { name, ...common, id: needed(name, id), change: readChange(values) };
    case 'rotate':
      return { name, ...common, id: needed(name, id), overlapSeconds: readOverlap(values.overlap) };
    case 'revoke':
      return { name, ...common, id: needed(name, id) };
    default:
      throw new StartError('sotto keys: say create --name NAME, list, change ID, rotate ID or revoke ID.');
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
  const key: unknown = asked(values);
  if (checkKey.Check(key)) return key;
  throw wrong('create', checkKey.Errors(key));
}

function readChange(values: Values): KeyChangeRequest {
  const change: unknown = asked(values);
  if (checkChange.Check(change)) return change;
  if (Object.keys(asked(values)).length === 0) {
    throw new StartError('sotto keys change: say what: --name, --scopes, --requests-per-minute, …');
  }
  throw wrong('change', checkChange.Errors(change));
}

/** As the wire has it; `none` is null. */
function asked(values: Values): object {
  const limits = said({
    requests_per_minute: number(values['requests-per-minute']),
    jobs_at_once: number(values.jobs),
    sessions_at_once: number(values.sessions),
    audio_seconds_per_day: number(values['audio-seconds-per-day']),
    upload_bytes: number(values['upload-bytes']),
  });
  return said({
    name: values.name,
    scopes: list(values.scopes),
    allowed_models: list(values.models),
    allowed_origins: list(values.origins),
    expires_at: values.expires === NONE ? null : values.expires,
    weight: number(values.weight),
    limits: Object.keys(limits).length === 0 ? undefined : limits,
  });
}

const wrong = (command: string, [first]: readonly { instancePath: string; message: string }[]): StartError =>
  new StartError(`sotto keys ${command}: ${first?.instancePath.slice(1)} ${first?.message}.`);

function readOverlap(value: string | boolean | undefined): number {
  const rotation: unknown = { overlap_seconds: number(value) ?? USUAL_OVERLAP_SECONDS };
  if (checkRotation.Check(rotation)) return rotation.overlap_seconds ?? USUAL_OVERLAP_SECONDS;
  throw new StartError('sotto keys rotate: --overlap is in seconds, 30 days at most.');
}

const said = <Value extends object>(all: Value): Value =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Value;

const NONE = 'none';

function list(value: string | boolean | undefined): string[] | null | undefined {
  if (typeof value !== 'string') return undefined;
  return value === NONE ? null : value.split(/[\s,]+/).filter((word) => word !== '');
}

/** What is no number is left to the schema to refuse. */
function number(value: string | boolean | undefined): number | null | undefined {
  if (typeof value !== 'string') return undefined;
  return value === NONE ? null : Number(value);
}
