/** What native code may bring down must not be loaded into the process that answers requests. */
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { parseSync, Visitor } from 'vite';
import { expect, test } from 'vitest';

const HEAVY = /^(onnxruntime|@huggingface\/transformers|@mediabunny\/server|mediabunny|node-av)/;

/** Every file and package that an entry brings with it, types aside; `without`: at its start. */
function reach(entry: string, lazy: 'with' | 'without' = 'with'): Set<string> {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    if (!path.endsWith('.ts')) return;
    for (const name of importsOf(path, lazy)) {
      visit(name.startsWith('.') ? posix.join(posix.dirname(path), name) : name);
    }
  };
  visit(entry);
  return reached;
}

function importsOf(path: string, lazy: 'with' | 'without'): string[] {
  const { program, module } = parseSync(path, readFileSync(path, 'utf8'));
  const names: string[] = [];
  for (const { moduleRequest, entries } of module.staticImports) {
    if (entries.length === 0 || entries.some((entry) => !entry.isType)) names.push(moduleRequest.value);
  }
  for (const { entries } of module.staticExports) {
    names.push(...entries.flatMap((entry) => (entry.isType ? [] : (entry.moduleRequest?.value ?? []))));
  }
  if (lazy === 'without') return names;
  new Visitor({
    ImportExpression: ({ source }) => void (source.type === 'Literal' && names.push(String(source.value))),
  }).visit(program);
  return names;
}

test.each([
  'server/main.ts',
  'server/cli/main.ts',
  'server/engine/server-engine.ts',
  'server/service/service.ts',
])('%s brings neither runtime nor FFmpeg with it', (entry) => {
  const reached = reach(entry);
  expect(reached.size).toBeGreaterThan(5);
  expect([...reached].filter((name) => HEAVY.test(name))).toEqual([]);
});

test.each(['server/main.ts', 'server/cli/main.ts'])('%s loads Redis for a cluster only', (entry) => {
  const redis = /^(bullmq|ioredis|@aws-sdk)/;
  expect([...reach(entry, 'without')].filter((name) => redis.test(name))).toEqual([]);
  expect([...reach(entry)].filter((name) => redis.test(name))).toContain('bullmq');
});

test('the engine’s child does, and is found out', () => {
  const reached = [...reach('server/engine/child-main.ts')];
  expect(reached.filter((name) => HEAVY.test(name))).toEqual(['@huggingface/transformers']);
});
