import { copyFile, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { modelFingerprint, modelHome, openModelFiles } from '../../server/engine/model-files.ts';
import { isWholeOnnx } from '../../server/engine/onnx-frame.ts';
import { probeModel } from '../../server/engine/probe-model.ts';
import { chooseDtype, findModel, modelFiles } from '../../shared/asr/catalogue.ts';
import { modelFolders } from '../support/models.ts';

const DEMO = 'sotto-demo-en';
const entry = findModel(DEMO);
if (entry === undefined) throw new Error('no demo model in the catalogue');
const files = modelFiles(entry, chooseDtype(entry, 'cpu', { fp16: false }));
const [embedded = ''] = modelFolders();
const ONNX = 'onnx/encoder_model_quantized.onnx';

let operator: string;
beforeEach(async () => {
  operator = await mkdtemp(join(tmpdir(), 'sotto-models-'));
});
afterEach(() => rm(operator, { recursive: true }));

async function copyModel(): Promise<void> {
  for (const { path } of files) {
    await mkdir(dirname(join(operator, DEMO, path)), { recursive: true });
    await copyFile(join(embedded, DEMO, path), join(operator, DEMO, path));
  }
}
const home = () => modelHome([operator, embedded], DEMO, files);

describe('a model in folders', () => {
  test("is the operator's where that is whole, else the embedded one", async () => {
    expect(await home()).toBe(join(embedded, DEMO));
    await copyModel();
    expect(await home()).toBe(join(operator, DEMO));
    await rm(join(operator, DEMO, ONNX));
    expect(await home()).toBe(join(embedded, DEMO));
  });

  test('says which file is missing, of the folder that has some of it', async () => {
    await expect(modelHome([], DEMO, files)).rejects.toMatchObject({ code: 'model_not_found' });
    await copyModel();
    await rm(join(operator, DEMO, ONNX));
    await expect(modelHome(['/no/such', operator], DEMO, files)).rejects.toMatchObject({
      code: 'model_not_found',
      detail: `${DEMO}/${ONNX}`,
    });
  });

  test.each([ONNX, 'tokenizer.json', 'config.json'])('says that %s was cut off', async (path) => {
    await copyModel();
    await truncate(join(operator, DEMO, path), 200);
    await expect(home()).rejects.toMatchObject({ code: 'model_incomplete', detail: `${DEMO}/${path}` });
  });

  test.each(['../secret', '..', '/etc', 'a/../../b', 'a/b/c', 'a//b', '.hidden', 'a\\b', 'a\0b', ''])(
    'no name climbs out: %j',
    async (name) => {
      await writeFile(join(operator, 'config.json'), '{}');
      await expect(modelHome([join(operator, 'x')], name, [])).rejects.toMatchObject({
        code: 'model_unknown',
      });
      expect(await modelFingerprint([operator], name, files)).toBe('');
    },
  );

  test('its reader gives the files listed and no others', async () => {
    const read = await openModelFiles([embedded], DEMO, files);
    expect((await read('config.json'))?.length).toBeGreaterThan(100);
    expect(await read('../sotto-demo-en/config.json')).toBe(undefined);
    expect(await read('onnx/encoder_model.onnx')).toBe(undefined);
  });

  test('its fingerprint changes with what is put, cut and removed', async () => {
    const prints = new Set<string>();
    const look = async () => prints.add(await modelFingerprint([operator], DEMO, files));
    await look();
    await copyModel();
    await look();
    await look();
    await truncate(join(operator, DEMO, ONNX), 200);
    await look();
    await rm(join(operator, DEMO, ONNX));
    await look();
    expect(prints.size).toBe(4);
  });
});

test('an ONNX file is whole at its full length, and at no other', async () => {
  const model = probeModel();
  const whole = (bytes: Uint8Array) =>
    isWholeOnnx(bytes.length, async (at, into) => {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      return part.length;
    });
  expect(await whole(model)).toBe(true);
  const ends = await Promise.all([...model.keys()].map((length) => whole(model.subarray(0, length))));
  // Between two fields a message may end too; the last field is the one that counts, the opset, without which none loads.
  expect(ends.filter(Boolean).length).toBeLessThanOrEqual(2);
  expect(await whole(Uint8Array.of(...model, 7))).toBe(false);
  expect(await whole(new TextEncoder().encode('<!doctype html><title>404</title>'))).toBe(false);
});
