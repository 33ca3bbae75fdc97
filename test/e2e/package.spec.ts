/** The package as others get it: what is in it, and a Vite app, a page without a bundler and a program that use it. */
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core';
import { expect, type Page, test } from '@playwright/test';
import { parseSync } from 'vite';
import { compileScript, parse } from 'vue/compiler-sfc';
import type {} from '../../web/element/define.ts';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { wordErrors } from '../support/wer.ts';
import { type Consumers, installPackage } from './support/package.ts';
import { serveFolder } from './support/serve-folder.ts';

const CLIP = 'us-male.wav';
const isRight = (text: string): void =>
  expect(wordErrors(fixture(CLIP).text ?? '', text).errors, text).toBeLessThanOrEqual(1);

/** What a page that bundles everything may say of where its parts come from. */
const POLICY = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src data:",
};

let consumers: Consumers;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  consumers = await installPackage();
});
test.afterAll(() => consumers.remove());

test('it holds what its exports and its command name, and neither sources nor tests nor maps', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const named = Object.values<string | Record<string, string>>(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  const files = new Set(consumers.files);
  const missing = [...named, ...Object.values<string>(manifest.bin)].filter(
    (path) => !files.has(path.replace('./', '')),
  );
  expect(missing).toEqual([]);
  expect(consumers.files.filter((path) => /\.map$|(?<!\.d)\.ts$|(^|\/)test\//.test(path))).toEqual([]);
  // Everything that pages import is whole.
  const scripts = consumers.files.filter((path) => /^dist\/web\/lib\/.*\.js$/.test(path));
  const bare = scripts.flatMap((path) => {
    const code = readFileSync(join(consumers.folder, 'node_modules/sotto', path), 'utf8');
    const imports = parseSync(path, code).module.staticImports.map(
      ({ moduleRequest }) => moduleRequest.value,
    );
    return imports.filter((name) => !name.startsWith('./')).map((name) => `${path}: ${name}`);
  });
  expect(bare).toEqual([]);
});

test('are the types wrong? Not for those who take ES modules', async () => {
  const analysis = await checkPackage(createPackageFromTarballData(readFileSync(consumers.tarball)));
  if (!analysis.types) throw new Error('it has no types');
  // It is of ES modules alone: ways that know nothing of `exports`, or only `require`, do not come into it.
  expect(analysis.problems.filter((problem) => !isOfOldWays(problem))).toEqual([]);
});

const isOfOldWays = (problem: Problem): boolean =>
  'resolutionKind' in problem && ['node10', 'node16-cjs'].includes(problem.resolutionKind);

async function reads(page: Page, url: string): Promise<void> {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A site that is no Sotto has none: the element asks whether it is, and goes on.
    const asked = message.location().url.endsWith('/app-config.json');
    if (message.type() === 'error' && !asked) complaints.push(`${message.text()} ${message.location().url}`);
  });
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (![new URL(url).origin, 'null'].includes(new URL(request.url()).origin)) foreign.push(request.url());
  });
  await page.goto(url);
  await page.locator('#file').setInputFiles(fixturePath(CLIP));
  await expect(page.locator('#text')).toContainText('-->', { timeout: 60_000 });
  isRight(((await page.locator('#text').textContent()) ?? '').replace(/^WEBVTT$|^.*-->.*$/gm, ''));
  const element = page.locator('sotto-transcriber');
  await element.locator('input[type=file]').setInputFiles(fixturePath(CLIP));
  await expect(element).toHaveJSProperty('state', 'idle', { timeout: 60_000 });
  isRight(await element.evaluate((found: HTMLElementTagNameMap['sotto-transcriber']) => found.value));
  expect(await page.title()).toContain(', its own language');
  expect([complaints, foreign]).toEqual([[], []]);
}

test('a fresh Vite app: strict types, a build without configuration, text under a strict policy', async ({
  page,
}) => {
  await consumers.bin('vite-app', 'tsc', ['-p', '.']);
  const models = join(consumers.folder, 'node_modules/sotto/dist/web/models');
  cpSync(models, join(consumers.folder, 'vite-app/public/models'), { recursive: true });
  await consumers.bin('vite-app', 'vite', ['build', '--logLevel', 'error']);
  const site = await serveFolder(join(consumers.folder, 'vite-app/dist'), POLICY);
  try {
    await reads(page, site.url);
  } finally {
    await site.close();
  }
});

test('a plain page: an import map is all it needs', async ({ page }) => {
  const site = await serveFolder(consumers.folder);
  try {
    await reads(page, `${site.url}/page/`);
  } finally {
    await site.close();
  }
});

test('a program: strict types without the DOM, a file read, a part of its own server, a whole one', async () => {
  await consumers.bin('program', 'tsc', ['-p', '.']);
  // It ends by itself: nothing that it closed is left.
  const printed = await consumers.bin('program', 'node', ['program.js', fixturePath(CLIP), 'jobs']);
  const { text, said, heard, ...rest } = JSON.parse(printed);
  isRight(text);
  isRight(said.text);
  expect(heard).toBeGreaterThan(1);
  expect(rest).toEqual({
    missing: 'SottoError',
    job: [202, 200],
    mine: 'mine',
    elsewhere: 404,
    wrong: 'The option asr.lanes must be a number.',
    page: true,
    module: [200, '*'],
  });
});

test('the command of the package reads a file', async () => {
  const args = ['transcribe', fixturePath(CLIP), '--quiet', '--device', 'cpu', '--threads', '1'];
  isRight(await consumers.bin('program', 'sotto', args));
});

test('the examples for React and Vue are what docs/embed.md shows, and their types hold', async () => {
  const docs = readFileSync('docs/embed.md', 'utf8');
  for (const file of ['react.tsx', 'vue.vue']) {
    const example = readFileSync(join('docs/examples', file), 'utf8');
    expect(docs).toContain(`\`\`\`${file.split('.')[1]}\n${example}\`\`\``);
    copyFileSync(join('docs/examples', file), join(consumers.folder, 'examples', file));
  }
  const { descriptor } = parse(readFileSync('docs/examples/vue.vue', 'utf8'), { filename: 'vue.vue' });
  const { content } = compileScript(descriptor, {
    id: 'example',
    inlineTemplate: true,
    templateOptions: { compilerOptions: { isCustomElement: (tag) => tag === 'sotto-transcriber' } },
  });
  writeFileSync(join(consumers.folder, 'examples/vue.ts'), content);
  await consumers.bin('examples', 'tsc', ['-p', '.']);
});
