/** The house rules that a program can check, as one table and one pure function over a file's text. */
import { posix } from 'node:path';
import { parseSync, Visitor } from 'vite';

interface Zone {
  /** a file, or a folder with a slash at its end; the longest that fits a path is its zone */
  readonly at: string;
  /** files and folders of ours that it may import */
  readonly ours: readonly string[];
  /** packages that it may import; `name/*` also stands for every entry of the package */
  readonly packages: readonly string[];
  /** what it may name in `new URL(…, import.meta.url)`: workers and worklets, which are started, not imported */
  readonly starts?: readonly string[];
}

const NODE = 'node:*';
const ORT_WEB = ['onnxruntime-web', 'onnxruntime-web/*'];
const FASTIFY = ['fastify', '@fastify/*'];
/** Types that services are handed in by. */
const PORTS = ['server/service/port.ts', 'server/jobs/port.ts', 'server/tenants/port.ts'];
/** How child processes are started. */
const CHILDREN = ['server/child-entry.ts', 'server/child-priority.ts'];
const LIT = ['lit', 'lit/*', '@lit/localize', '@lit/localize/*'];
const WORKERS = ['web/engine/', 'web/ear/'];

export const ZONES: readonly Zone[] = [
  { at: 'shared/', ours: ['shared/'], packages: [] },
  { at: 'shared/asr/load.ts', ours: ['shared/'], packages: ['@huggingface/transformers'] },
  { at: 'shared/asr/compression.ts', ours: ['shared/'], packages: ['fflate'] },
  { at: 'shared/formats/docx.ts', ours: ['shared/'], packages: ['docx'] },
  { at: 'shared/formats/archive.ts', ours: ['shared/'], packages: ['fflate'] },
  { at: 'shared/media/decode.ts', ours: ['shared/'], packages: ['mediabunny'] },

  { at: 'web/engine/', ours: ['web/engine/', 'shared/'], packages: ['comlink', ...ORT_WEB] },
  { at: 'web/ear/', ours: ['web/ear/', 'shared/'], packages: ['comlink', ...ORT_WEB], starts: ['web/ear/'] },
  { at: 'web/ear/worklet/', ours: ['web/ear/worklet/', 'shared/'], packages: [] },
  { at: 'web/client/', ours: ['web/client/', 'shared/'], packages: ['comlink'], starts: WORKERS },
  {
    at: 'web/library/',
    ours: ['web/library/', 'web/client/transcriber.ts', 'shared/'],
    packages: ['comlink', 'idb'],
    starts: ['web/library/worker/'],
  },
  { at: 'web/sent/', ours: ['web/sent/', 'web/client/sent.ts', 'shared/'], packages: ['idb'] },
  {
    at: 'web/library/worker/',
    ours: ['web/library/worker/', 'web/library/sound-protocol.ts', 'shared/'],
    packages: ['comlink', 'fflate'],
  },
  {
    at: 'web/peaks/',
    ours: ['web/peaks/', 'web/client/worker-life.ts', 'shared/'],
    packages: ['comlink'],
    starts: ['web/peaks/worker/'],
  },
  {
    at: 'web/peaks/worker/',
    ours: ['web/peaks/worker/', 'web/peaks/peaks-protocol.ts', 'shared/'],
    packages: ['comlink'],
  },
  { at: 'web/locales/', ours: ['web/locales/', 'web/app/words/', 'shared/'], packages: LIT },
  {
    at: 'web/element/',
    ours: ['web/element/', 'web/client/', 'web/ear/', 'web/locales/zh-Hans-errors.ts', 'shared/'],
    packages: LIT,
    starts: WORKERS,
  },
  {
    at: 'web/recognition/',
    ours: ['web/recognition/', 'web/client/', 'web/ear/', 'shared/'],
    packages: LIT,
    starts: WORKERS,
  },
  {
    at: 'web/package/',
    ours: ['web/package/', 'web/element/', 'web/recognition/', 'web/client/', 'shared/'],
    packages: [],
    // As they lie in dist/web.
    starts: ['web/package/', 'web/ort/', 'web/vad/'],
  },
  { at: 'web/offline/', ours: ['web/offline/'], packages: [] },
  { at: 'web/app/', ours: ['web/', 'shared/'], packages: LIT, starts: WORKERS },
  { at: 'web/env.d.ts', ours: [], packages: [] },

  { at: 'server/', ours: ['server/', 'shared/'], packages: [NODE, ...FASTIFY] },
  { at: 'shared/protocol/', ours: ['shared/'], packages: ['typebox', 'typebox/*'] },
  {
    at: 'server/http/',
    ours: ['server/http/', ...PORTS, 'shared/'],
    packages: [NODE, ...FASTIFY, 'typebox', 'typebox/*'],
  },
  {
    at: 'server/service/',
    ours: ['server/service/', 'server/pool/', 'server/engine/poison-memory.ts', 'server/media/', 'shared/'],
    packages: [NODE],
  },
  {
    at: 'server/pool/',
    ours: ['server/pool/', 'server/engine/', 'server/service/port.ts', 'shared/'],
    packages: [],
  },
  { at: 'server/service/port.ts', ours: ['shared/'], packages: [] },
  { at: 'server/log/', ours: ['server/log/', 'shared/'], packages: [NODE, 'pino'] },
  { at: 'server/models/', ours: ['server/models/', 'shared/'], packages: [NODE] },
  { at: 'server/cli/', ours: ['server/', 'shared/'], packages: [NODE, 'typebox', 'typebox/*'] },
  { at: 'server/cli/worker.ts', ours: ['server/', 'shared/'], packages: [NODE, 'fastify'] },
  {
    at: 'server/realtime/',
    ours: [
      'server/realtime/',
      'server/http/',
      'server/media/ear-host.ts',
      'server/settings-realtime.ts',
      ...PORTS,
      'shared/',
    ],
    packages: [NODE, ...FASTIFY, 'typebox', 'typebox/*'],
  },
  { at: 'server/sqlite.ts', ours: [], packages: ['libsql'] },
  {
    at: 'server/tenants/',
    ours: ['server/tenants/', 'server/http/', 'server/sqlite.ts', ...PORTS, 'shared/'],
    packages: [NODE, ...FASTIFY, 'typebox', 'typebox/*'],
  },
  { at: 'server/tenants/port.ts', ours: [], packages: [] },
  {
    at: 'server/metrics/',
    ours: ['server/metrics/', ...PORTS, 'shared/'],
    packages: [NODE, ...FASTIFY, 'prom-client'],
  },
  {
    at: 'server/jobs/',
    ours: ['server/jobs/', 'server/sqlite.ts', ...PORTS, 'shared/'],
    packages: [NODE, 'libsql', 'undici', 'ipaddr.js', 'standardwebhooks'],
  },
  { at: 'server/child-priority.ts', ours: [], packages: [NODE] },
  { at: 'server/child-entry.ts', ours: [], packages: [NODE] },
  {
    at: 'server/engine/',
    ours: ['server/engine/', ...CHILDREN, 'server/service/port.ts', 'shared/'],
    packages: [NODE, 'onnxruntime-node'],
    starts: ['server/engine/'],
  },
  {
    at: 'server/media/',
    ours: ['server/media/', ...CHILDREN, 'shared/'],
    packages: [NODE, '@mediabunny/server', 'mediabunny', 'node-av', 'onnxruntime-node'],
    starts: ['server/media/'],
  },
  { at: 'server/plan/', ours: ['server/plan/', 'shared/'], packages: [] },
  {
    at: 'server/cluster/',
    ours: [
      'server/cluster/',
      ...PORTS,
      'server/jobs/',
      'server/tenants/secret.ts',
      'server/realtime/secrets.ts',
      'shared/',
    ],
    packages: [NODE, 'bullmq', 'ioredis', '@aws-sdk/client-s3', 'ws'],
  },

  { at: 'test/', ours: [''], packages: ['*'], starts: [''] },
];

export const MAX_LINES = 260;
const LONGER_BY_CONSENT: readonly string[] = [];
const READS_ENVIRONMENT = ['server/config.ts', 'test/'];

interface Findings {
  readonly imports: readonly string[];
  readonly urls: readonly string[];
  readonly others: readonly string[];
}

/** What a file (its path from the root, with slashes) breaks of the house rules, each as a sentence. */
export function violations(path: string, source: string): string[] {
  const zone = zoneOf(path);
  if (zone === undefined) return [`${path} lies in no folder of the plan`];
  const found = read(path, source);
  const imports = found.imports.filter((name) => !mayImport(zone, path, name));
  const urls = found.urls.filter((url) => !covers(zone.starts ?? [], target(path, url)));
  const others = path.startsWith('test/') ? [] : [...found.others, ...tooLong(path, source)];
  return [
    ...imports.map((name) => `${path} must not import ${name}`),
    ...urls.map((url) => `${path} must not start ${url}`),
    ...others.map((what) => `${path} ${what}`),
  ];
}

function zoneOf(path: string): Zone | undefined {
  const fitting = ZONES.filter(({ at }) => covers([at], path));
  return fitting.toSorted((a, b) => b.at.length - a.at.length)[0];
}

function mayImport(zone: Zone, path: string, name: string): boolean {
  if (name.startsWith('.')) {
    return covers(isWorkerUrl(name) ? (zone.starts ?? []) : zone.ours, target(path, name));
  }
  return zone.packages.some(
    (known) => known === name || (known.endsWith('*') && name.startsWith(known.slice(0, -1))),
  );
}

/** Vite's way to ask for the address of a worker or worklet instead of its exports. */
const isWorkerUrl = (name: string) => /\?(.*&)?(url|worker)\b/.test(name);

const target = (path: string, name: string) => posix.join(posix.dirname(path), name.replace(/\?.*$/, ''));

const covers = (places: readonly string[], path: string) =>
  places.some((place) => (place === '' || place.endsWith('/') ? path.startsWith(place) : path === place));

function tooLong(path: string, source: string): string[] {
  const lines = source.trimEnd().split('\n').length;
  return lines > MAX_LINES && !LONGER_BY_CONSENT.includes(path)
    ? [`has ${lines} lines, over ${MAX_LINES}`]
    : [];
}

function read(path: string, source: string): Findings {
  const imports: string[] = [];
  const urls: string[] = [];
  const others: string[] = [];
  const { program, module, errors } = parseSync(path, source);
  others.push(...errors.map((error) => `does not parse: ${error.message}`));
  imports.push(...module.staticImports.map(({ moduleRequest }) => moduleRequest.value));
  imports.push(
    ...module.staticExports.flatMap(({ entries }) =>
      entries.flatMap((entry) => entry.moduleRequest?.value ?? []),
    ),
  );
  const literal = (node: { readonly type: string; readonly value?: unknown }): string =>
    node.type === 'Literal' ? String(node.value) : '(a name made at run time)';
  new Visitor({
    ImportExpression: ({ source: name }) => void imports.push(literal(name)),
    TSImportType: ({ source: name }) => void imports.push(literal(name)),
    TSAnyKeyword: () => void others.push('uses any'),
    NewExpression({ callee, arguments: [name, base] }) {
      const isUrl = callee.type === 'Identifier' && callee.name === 'URL';
      if (isUrl && name?.type === 'Literal' && base !== undefined && isImportMetaUrl(source, base)) {
        urls.push(literal(name));
      }
    },
    MemberExpression({ object, property }) {
      const isProcess = object.type === 'Identifier' && object.name === 'process';
      const name = property.type === 'Identifier' ? property.name : '';
      if (isProcess && ['env', 'argv'].includes(name) && !covers(READS_ENVIRONMENT, path)) {
        others.push(`reads process.${name}`);
      }
    },
  }).visit(program);
  return { imports: [...new Set(imports)], urls, others: [...new Set(others)] };
}

const isImportMetaUrl = (source: string, { start, end }: { readonly start: number; readonly end: number }) =>
  source.slice(start, end).replace(/\s/g, '') === 'import.meta.url';
