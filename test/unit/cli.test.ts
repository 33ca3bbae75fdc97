import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../server/cli/cli.ts';
import type { Output } from '../../server/cli/output.ts';
import { outputPaths } from '../../server/cli/transcribe-args.ts';
import { findModel } from '../../shared/asr/catalogue.ts';
import { startCli } from '../support/cli-process.ts';
import { fixture, fixturePath } from '../support/fixtures.ts';
import { type Hub, startHub } from '../support/hub-server.ts';
import { wordErrorRate } from '../support/wer.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sotto-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A command in this process. */
async function sotto(args: readonly string[], env: Record<string, string> = {}) {
  const said = { stdout: '', stderr: '' };
  const output: Output = {
    terminal: false,
    async write(text) {
      said.stdout += text;
    },
    error(line) {
      said.stderr += `${line}\n`;
    },
    status: () => {},
  };
  const code = await runCli({ args, env: { XDG_CACHE_HOME: join(folder, 'cache'), ...env } }, output);
  return { code, ...said };
}

/** Processes whose parent, or parent's parent, it is. */
function descendants(pid: number): number[] {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const children = pairs.filter(([, parent]) => parent === pid).map(([child]) => child as number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('sotto transcribe', () => {
  test('writes the text of files to standard output and nothing else, progress to standard error', async () => {
    const names = ['us-male.wav', 'us-female.flac'] as const;
    const { ended } = startCli(['transcribe', ...names.map(fixturePath)]);
    const { code, stdout, stderr } = await ended;
    expect(stderr).toMatch(/us-male\.wav: 100%/);
    expect(code).toBe(0);
    const reference = names.map((name) => fixture(name).text ?? '').join(' ');
    expect(wordErrorRate([{ reference, hypothesis: stdout }])).toBeLessThan(0.1);
  });

  test('a file that cannot be read is said by name, the others are written, and the exit code is 1', async () => {
    const garbage = join(folder, 'garbage.mp3');
    await writeFile(
      garbage,
      Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7919 + (i >> 3)) & 255),
    );
    const out = join(folder, 'out');
    const args = [
      'transcribe',
      garbage,
      fixturePath('us-male.wav'),
      '--format',
      'json',
      '--words',
      '--output',
      out,
    ];
    const { code, stdout, stderr } = await startCli([...args, '--quiet']).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/garbage\.mp3: This is not an audio or video file/);
    expect(await readdir(out)).toEqual(['us-male.json']);
    const written = JSON.parse(await readFile(join(out, 'us-male.json'), 'utf8'));
    expect(wordErrorRate([{ reference: fixture('us-male.wav').text ?? '', hypothesis: written.text }])).toBe(
      0,
    );
    expect(
      written.segments[0].words
        .map(({ word }: { word: string }) => word)
        .join('')
        .trim(),
    ).toBe(written.segments[0].text);
  });

  test('Ctrl-C in the middle: exit code 130, no child and no temporary file is left', async () => {
    const temporary = join(folder, 'tmp');
    await mkdir(temporary);
    const { child, ended } = startCli(['transcribe', '-'], { TMPDIR: temporary });
    createReadStream(fixturePath('paragraph-25s.flac')).pipe(child.stdin as NodeJS.WritableStream);
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (text: string) => {
        if (/\d+%/.test(text)) resolve();
      });
    });
    const started = descendants(child.pid as number);
    expect(started.length).toBeGreaterThanOrEqual(2);
    expect((await readdir(temporary)).filter((name) => name.startsWith('sotto-'))).toHaveLength(1);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    await expect.poll(() => started.filter(alive), { timeout: 10_000 }).toEqual([]);
    expect((await readdir(temporary)).filter((name) => name.startsWith('sotto-'))).toEqual([]);
  });

  test('killed outright, its engine and decoders end with it', async () => {
    const { child, ended } = startCli(['transcribe', fixturePath('paragraph-25s.flac')]);
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (text: string) => {
        if (/\d+%/.test(text)) resolve();
      });
    });
    const started = descendants(child.pid as number);
    expect(started.length).toBeGreaterThanOrEqual(2);
    child.kill('SIGKILL');
    await ended;
    await expect.poll(() => started.filter(alive), { timeout: 10_000 }).toEqual([]);
  });

  test.each([
    [['transcribe'], /name a file/],
    [['transcribe', 'a.wav', '--format', 'docx'], /--format must be one of txt, md, srt, vtt, json, csv/],
    [['transcribe', 'a.wav', 'b.wav', '--format', 'srt'], /need --output/],
    [['transcribe', 'a.wav', '--loud'], /--loud/],
    [['transcribe', 'a.wav', '--model', 'none/such'], /ASR_MODEL must be a model of the catalogue/],
    [['transcribe', 'a.wav', '--task', 'translate'], /does not translate/],
    [['transcribe', 'a.wav', '--language', 'de'], /does not know the language "de"/],
    [['transcribe', 'a.wav', '--threads', '0'], /ASR_THREADS must be a whole number/],
    [['models'], /say list, pull ID or verify ID/],
    [['models', 'pull', 'none/such'], /name one of/],
    [['dance'], /no command "dance"/],
  ] as const)('%j is wrong usage: exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await sotto(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  test('help names every setting and every command', async () => {
    const { code, stdout } = await sotto(['--help']);
    expect(code).toBe(0);
    for (const word of [
      'serve',
      'transcribe',
      'models pull',
      'ASR_MAX_CONCURRENT',
      'ASR_QUEUE_MAX',
      'PORT',
    ]) {
      expect(stdout).toContain(word);
    }
  });

  test('files of the same name but for their endings are written apart', () => {
    const files = ['a/x.wav', 'b/x.mp3', 'y.wav', '-', 'c/x.wav'];
    expect(outputPaths(files, 'out', 'srt')).toEqual(
      ['x.wav', 'x.mp3', 'y', 'stdin', 'x.wav-2'].map((name) => join('out', `${name}.srt`)),
    );
  });
});

describe('sotto models', () => {
  const MODEL = 'onnx-community/whisper-tiny.en';
  const DECODER = 'onnx/decoder_model_merged_quantized.onnx';
  let hub: Hub;
  let env: Record<string, string>;
  beforeAll(async () => {
    // any whole model does: what is downloaded is not run here
    const models = { [MODEL]: fileURLToPath(new URL('../../public/models/sotto-demo-en', import.meta.url)) };
    const revision = findModel(MODEL)?.revision ?? 'main';
    hub = await startHub({ models, ...(revision === 'main' ? {} : { commit: revision }) });
    env = { SOTTO_HUB: hub.base };
  });
  afterAll(() => hub.close());

  const home = () => join(folder, 'cache/sotto/models', MODEL);
  const lineOf = (text: string) => text.split('\n').find((line) => line.startsWith(`${MODEL} `)) ?? '';

  test('pull goes on where a broken connection stopped, keeps what is whole, and verify tells a changed byte', async () => {
    expect(lineOf((await sotto(['models', 'list'], env)).stdout)).toMatch(/ -\s+\d+ MB/);
    hub.fault(DECODER, 'truncate');
    const broken = await sotto(['models', 'pull', MODEL], env);
    expect(broken).toMatchObject({ code: 1, stdout: '' });
    expect(broken.stderr).toMatch(/damaged or incomplete/);
    hub.fault(DECODER, undefined);

    const before = hub.requests.length;
    expect((await sotto(['models', 'pull', MODEL], env)).code).toBe(0);
    const asked = hub.requests.slice(before).filter((line) => line.includes('/cdn/'));
    expect(asked).toEqual([`GET /cdn/${MODEL}/${DECODER}`]);
    expect(hub.ranges.at(-1)).toMatch(/^bytes=[1-9]\d*-$/);
    const original = await readFile(new URL(`../../public/models/sotto-demo-en/${DECODER}`, import.meta.url));
    expect(original.equals(await readFile(join(home(), DECODER)))).toBe(true);
    expect((await readdir(join(home(), 'onnx'))).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(lineOf((await sotto(['models', 'list'], env)).stdout)).toContain(' here ');
    expect((await sotto(['models', 'verify', MODEL], env)).stdout).toContain('SHA-256');
    expect((await sotto(['models', 'pull', MODEL], env)).stderr).toContain('was here already');

    const bytes = await readFile(join(home(), 'tokenizer.json'));
    bytes[bytes.indexOf('e')] = 'f'.charCodeAt(0);
    await writeFile(join(home(), 'tokenizer.json'), bytes);
    const changed = await sotto(['models', 'verify', MODEL], env);
    expect(changed.code).toBe(1);
    expect(changed.stderr).toContain('tokenizer.json');
  });

  test('a file that is not what the hub says is thrown away', async () => {
    await rm(join(folder, 'cache'), { recursive: true, force: true });
    hub.fault(DECODER, 'corrupt');
    expect((await sotto(['models', 'pull', MODEL], env)).code).toBe(1);
    expect((await readdir(join(home(), 'onnx'))).filter((name) => name.startsWith('decoder'))).toEqual([]);
    hub.fault(DECODER, undefined);
    expect((await sotto(['models', 'pull', MODEL], env)).code).toBe(0);
  });

  test('an embedded model needs no download and verifies; one that is not there is said', async () => {
    expect((await sotto(['models', 'verify', 'sotto-demo-en'], env)).code).toBe(0);
    expect((await sotto(['models', 'pull', 'sotto-demo-en'], env)).code).toBe(0);
    const missing = await sotto(['models', 'verify', 'onnx-community/whisper-base'], env);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/missing at its source/);
  });
});
