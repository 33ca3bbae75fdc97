import { chromium } from '@playwright/test';
import { servePage } from '/tmp/wt/settings/test/support/page/serve.ts';
import { CHROMIUM_ARGS, findChromium } from '/tmp/wt/settings/test/support/chromium.ts';
const served = await servePage();
const executablePath = findChromium();
const browser = await chromium.launch({ args: [...CHROMIUM_ARGS], ...(executablePath ? { executablePath } : {}) });
for (const [w, scheme, locale] of [[1440,'light','en'],[768,'dark','en'],[360,'light','en']] as const) {
  const ctx = await browser.newContext({ viewport: { width: w, height: 900 }, colorScheme: scheme, locale });
  const page = await ctx.newPage();
  page.on('console', m => { if (m.type()==='error') console.log(w, m.text()); });
  page.on('pageerror', e => console.log(w, 'E', e.message));
  await page.goto(served.url + '#settings');
  await page.locator('model-row h3').first().waitFor();
  await page.evaluate(async () => {
    const cache = await caches.open('sotto-models-1');
    const all: [string, number][] = [['onnx-community/whisper-base/%401846881b6b3a3024392c1eea3ad983695bc23925/onnx/encoder_model_quantized.onnx', 23201297]];
    for (const [p,n] of [['config.json',2000],['preprocessor_config.json',300],['tokenizer.json',215756],['tokenizer_config.json',464],['generation_config.json',300],['onnx/encoder_model_quantized.onnx',2874545],['onnx/decoder_model_merged_quantized.onnx',2544672]] as const) all.push(['sotto-demo-en/%401/'+p, n]);
    for (const [k,n] of all) await cache.put('https://models.sotto.invalid/' + k, new Response(new Uint8Array(10), { headers: { 'content-length': String(n) } }));
    (window as any).fake.changeStatus({ changes: [{ from: 'webgpu', to: 'wasm', error: { code: 'no_adapter' } }], engine: { name: 'ready', rung: 'wasm', info: { model: 'sotto-demo-en', device: 'wasm', dtype: 'q8', windowSeconds: 10, lanes: 1 } } });
  });
  await page.waitForTimeout(400);
  const name = locale === 'en' ? /^Check the files of Sotto/ : /^检查 Sotto/;
  await page.locator('model-row').first().getByRole('button', { name }).click();
  await page.waitForTimeout(300);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  const step = w > 1000 ? 1600 : w > 700 ? 1300 : 1500;
  for (let at = 0, n = 0; at < height; at += step, n += 1)
    await page.screenshot({ path: `/tmp/shot-settings-${w}-${scheme}-${n}.png`, fullPage: true, clip: { x: 0, y: at, width: w, height: Math.min(step, height - at) } });
  await ctx.close();
}
await browser.close();
await served.close();
