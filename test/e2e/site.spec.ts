import { expect, test } from '@playwright/test';

test('the page is isolated, so that WebAssembly may use threads', async ({ page }) => {
  await page.goto('/');
  expect(await page.evaluate(() => [crossOriginIsolated, typeof SharedArrayBuffer])).toEqual([
    true,
    'function',
  ]);
});

test('the policy stops scripts and styles that are not the site’s own files', async ({ page }) => {
  await page.goto('/');
  const stopped = await page.evaluate(async () => {
    const seen: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => seen.push(event.effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'globalThis.injected = true';
    document.head.append(script);
    const style = document.createElement('style');
    style.textContent = 'body { color: red }';
    document.head.append(style);
    const image = new Image();
    image.src = 'https://tracker.invalid/pixel.png';
    await new Promise((resolve) => image.addEventListener('error', resolve));
    return { seen, injected: 'injected' in globalThis };
  });
  expect(stopped.injected).toBe(false);
  expect(stopped.seen.sort()).toEqual(['img-src', 'script-src-elem', 'style-src-elem']);
});

test('opening the page breaks none of its own rules and asks nothing of another site', async ({
  page,
  baseURL,
}) => {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${baseURL}/`)) complaints.push(request.url());
  });
  await page.goto('/', { waitUntil: 'networkidle' });
  expect(complaints).toEqual([]);
});
