/** The element on pages of another origin, under a strict policy, in a browser whose microphone hears a fixture. */
import { expect, type Page, test } from '@playwright/test';
import type {} from '../../web/element/define.ts';
import { makeFilm } from '../support/films.ts';
import { fixture } from '../support/fixtures.ts';
import { wordErrors } from '../support/wer.ts';
import { expectAccessible, expectFits } from './support/accessible.ts';
import { useElsewhere } from './support/elsewhere.ts';

const CLIP = 'us-male.wav';
const SPOKEN = 'us-female-question.wav';

const there = useElsewhere(SPOKEN, CLIP);
let complaints: string[];
let requests: string[];

/** A page of the other site with this in it; what goes wrong on it, and what leaves it, is noted. */
async function open(body: string, attributes?: string): Promise<Page> {
  const context = await there.browser.newContext({ permissions: ['microphone'] });
  const page = await context.newPage();
  complaints = [];
  requests = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  context.on('request', (request) => {
    const url = request.url();
    requests.push(url);
    if (request.method() !== 'GET') complaints.push(`${request.method()} ${url}`);
    if (![there.host, there.other.url, 'blob:'].some((start) => url.startsWith(start))) complaints.push(url);
  });
  await page.goto(there.other.page('/', body, attributes));
  await page.waitForFunction(() => customElements.get('sotto-transcriber') !== undefined);
  return page;
}

const element = (page: Page) => page.locator('sotto-transcriber').first();
const button = (page: Page) => element(page).getByRole('button');

/** Reads the clip through the first element; gives its text. */
const readClip = (page: Page): Promise<string> =>
  page.evaluate(() => document.querySelector('sotto-transcriber')?.transcribe('/clip.wav') ?? '');

/** Names of the groups that the browser tells assistive technology of. */
async function groups(page: Page): Promise<unknown[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  return nodes.filter(({ role }) => role?.value === 'group').map(({ name }) => name?.value);
}

const TEXT = fixture(CLIP).text ?? '';
const isRight = (text: string): void => expect(wordErrors(TEXT, text).errors).toBeLessThanOrEqual(1);

test('a page of another origin with a strict policy reads the microphone', async () => {
  const page = await open('<sotto-transcriber></sotto-transcriber>');
  isRight(await readClip(page)); // the model is there when somebody speaks
  await page.evaluate(() => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    const one = document.querySelector('sotto-transcriber');
    if (one === null) return;
    one.value = '';
    document.addEventListener('statechange', ({ state }) => told.push(state));
    document.addEventListener('partial', ({ type }) => told.push(type));
    document.addEventListener('segment', ({ segment }) => told.push(`segment ${segment.text}`));
    document.addEventListener('final', ({ text }) => told.push(`final ${text}`));
  });
  await button(page).click();
  await expect(button(page)).toHaveText('Stop');
  await expect(element(page).getByRole('status')).toHaveText('Listening');
  await expect(element(page).getByRole('log')).not.toBeEmpty({ timeout: 60_000 });
  const value = () => page.evaluate(() => document.querySelector('sotto-transcriber')?.value ?? '');
  // It speaks over and over, and may come in anywhere: its words are there in time.
  const words = (fixture(SPOKEN).text ?? '').toLowerCase().match(/[a-z']+/g) ?? [];
  const share = (text: string) =>
    words.filter((word) => text.toLowerCase().includes(word)).length / words.length;
  await expect.poll(async () => share(await value()), { timeout: 60_000 }).toBeGreaterThan(0.6);
  await page.keyboard.press('Escape'); // the focus is in the button
  await expect(element(page)).toHaveJSProperty('state', 'idle');
  const told = await page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
  const states = told.filter((what) => !/^(segment|partial|final|waiting|loading)/.test(what));
  expect(states).toEqual(['listening', 'finishing', 'idle']);
  expect(told.at(-1)).toBe(`final ${await value()}`);
  expect(told.filter((what) => what.startsWith('segment ')).length).toBeGreaterThan(0);
  expect(told).toContain('partial');
  expect(await element(page).evaluate((one) => one.matches(':state(idle)'))).toBe(true);
  await expect(element(page)).toContainText('On your device: nothing you say leaves it · CPU · demo model');
  expect(complaints).toEqual([]);
});

test('nothing but its own script comes before the first start; a part that cannot come is said', async () => {
  const page = await open('<sotto-transcriber></sotto-transcriber>');
  const scripts = requests.filter((url) => url.endsWith('.js'));
  expect(requests.filter((url) => url.startsWith(there.host))).toEqual(scripts);
  expect(scripts.some((url) => /carry-out|local|ort|main/.test(url))).toBe(false);
  expect(page.workers()).toEqual([]);
  await page.route('**/carry-out-*.js', (route) => route.abort());
  await button(page).click();
  await expect(element(page).getByRole('alert')).toContainText('A part of this tool could not be loaded.');
  await expect(element(page)).toHaveJSProperty('state', 'failed');
});

test('in a form its text is submitted, reset, restored and validated; a disabled fieldset disables it', async () => {
  const page = await open(`<form action="/sent" method="get"><fieldset>
    <sotto-transcriber name="note" required value="" id="note"></sotto-transcriber></fieldset><button>Send</button></form>`);
  there.other.page('/sent', 'sent');
  const set = (text: string) =>
    page.evaluate((to) => {
      const one = document.querySelector('sotto-transcriber');
      if (one !== null) one.value = to;
    }, text);
  const form = () =>
    page.evaluate(() => {
      const one = document.querySelector('sotto-transcriber');
      const data = one?.form ? [...new FormData(one.form).entries()] : [];
      return { data, valid: one?.form?.checkValidity(), says: one?.validationMessage };
    });
  expect(await form()).toEqual({ data: [['note', '']], valid: false, says: 'Please say something.' });
  await page.getByRole('button', { name: 'Send' }).click(); // stopped, and the focus shown where it is missing
  await expect(page).toHaveTitle('A page');
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('note');
  await set('Said.');
  expect(await form()).toEqual({ data: [['note', 'Said.']], valid: true, says: '' });
  await page.evaluate(() => document.querySelector('form')?.reset());
  expect(await form()).toMatchObject({ data: [['note', '']], valid: false });
  await page.evaluate(() =>
    document.querySelector('sotto-transcriber')?.setAttribute('value', 'From before.'),
  );
  expect(await form()).toMatchObject({ data: [['note', 'From before.']], valid: true });
  await page.evaluate(() => document.querySelector('fieldset')?.setAttribute('disabled', ''));
  await expect(button(page)).toBeDisabled();
  expect(await form()).toMatchObject({ data: [] });
  await page.evaluate(() => document.querySelector('fieldset')?.removeAttribute('disabled'));
  await set('Said again.');
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(page).toHaveURL(/note=Said\+again\./);
  await page.goBack();
  await expect(element(page)).toHaveJSProperty('value', 'Said again.');
});

test('in a textarea the text comes at the caret, as if typed, and can be undone', async () => {
  const page = await open(`<textarea id="field" rows="4">First. Last.</textarea>
    <sotto-transcriber for="field"></sotto-transcriber>`);
  await page.evaluate(() => {
    const inputs: string[] = [];
    Object.assign(globalThis, { inputs });
    document.addEventListener('input', (event) => {
      if (event instanceof InputEvent) inputs.push(`${event.inputType} ${event.isTrusted}`);
    });
  });
  const field = page.locator('#field');
  await field.focus();
  for (let at = 0; at < 6; at += 1) await page.keyboard.press(at === 0 ? 'Control+Home' : 'ArrowRight');
  await page.keyboard.press('ArrowRight');
  await button(page).focus();
  await readClip(page);
  const text = await field.inputValue();
  expect(text).toMatch(/^First\. .+ Last\.$/s);
  isRight(text.slice('First. '.length, -' Last.'.length));
  expect(await page.evaluate(() => document.activeElement?.localName)).toBe('sotto-transcriber');
  const inputs = await page.evaluate(() => (globalThis as unknown as { inputs: string[] }).inputs);
  expect(inputs.length).toBeGreaterThan(0);
  expect(new Set(inputs)).toEqual(new Set(['insertText true']));
  await field.focus();
  for (const _ of inputs) await page.keyboard.press('Control+z');
  await expect(field).toHaveValue('First. Last.');
});

test('an untouched field is added to at its end; editable elements and fields in shadow trees take text too', async () => {
  const page =
    await open(`<div id="rich" contenteditable role="textbox" aria-label="Rich">One <b>two</b></div>
    <sotto-transcriber for="rich"></sotto-transcriber><section></section>`);
  await readClip(page);
  const rich = page.locator('#rich');
  isRight(((await rich.textContent()) ?? '').replace(/^One two\s/, ''));
  await expect(rich.locator('b')).toContainText('two');
  await rich.focus();
  await page.keyboard.press('Control+z');
  await expect(rich).toHaveText('One two');
  const inside = await page.evaluate(async () => {
    const root = document.querySelector('section')?.attachShadow({ mode: 'open' });
    if (!root) return undefined;
    root.innerHTML = '<input id="rich" value="Inside"><sotto-transcriber for="rich"></sotto-transcriber>';
    await root.querySelector('sotto-transcriber')?.transcribe('/clip.wav');
    return [root.querySelector('input')?.value, document.querySelector('#rich')?.textContent];
  });
  isRight(inside?.[0]?.replace('Inside ', '') ?? '');
  expect(inside?.[1]).toBe('One two');
});

test('a film gets captions as it plays, which then show', async () => {
  there.other.serve('/film.webm', await makeFilm('film.webm', CLIP), 'video/webm');
  const page = await open(`<video id="film" src="/film.webm" muted></video>
    <sotto-transcriber mode="captions" media="film" auto-start></sotto-transcriber>`);
  await page.evaluate(() => document.querySelector('video')?.play());
  await expect(element(page)).toHaveJSProperty('state', 'idle', { timeout: 60_000 });
  const cues = () =>
    page.evaluate(() => {
      const track = document.querySelector('video')?.textTracks[0];
      const all = [...(track?.cues ?? [])].map((cue) => (cue instanceof VTTCue ? cue.text : ''));
      return { kind: track?.kind, mode: track?.mode, language: track?.language, text: all.join(' ') };
    });
  await expect.poll(async () => (await cues()).text).not.toBe('');
  expect(await cues()).toMatchObject({ kind: 'captions', mode: 'showing', language: 'en' });
  isRight((await cues()).text);
  const showing = await page.evaluate(async () => {
    const video = document.querySelector('video');
    const [track] = video?.textTracks ?? [];
    const [cue] = track?.cues ?? [];
    if (!video || !track || !cue) return undefined;
    video.pause();
    video.currentTime = (cue.startTime + cue.endTime) / 2;
    await new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    return [...(track.activeCues ?? [])].map((active) => active === cue);
  });
  expect(showing).toEqual([true]);
  expect(complaints).toEqual([]);
});

test('two elements use one engine and one model, and both read', async () => {
  const page = await open('<sotto-transcriber></sotto-transcriber><sotto-transcriber></sotto-transcriber>');
  const texts = await page.evaluate(() =>
    Promise.all(
      [...document.querySelectorAll('sotto-transcriber')].map((one) => one.transcribe('/clip.wav')),
    ),
  );
  texts.forEach(isRight);
  const weights = requests.filter((url) => /\/models\/.*\.onnx/.test(url));
  expect(weights.length).toBeGreaterThan(0);
  expect(weights.length).toBe(new Set(weights).size);
  expect(requests.filter((url) => /\/ort\/.*\.wasm/.test(url)).length).toBeGreaterThan(0);
});

test('removed in mid-speech it leaves no live track at once, and no worker after a while', async () => {
  const page = await open('<sotto-transcriber idle-ms="300"></sotto-transcriber>');
  await page.evaluate(() => {
    const tracks: MediaStreamTrack[] = [];
    Object.assign(globalThis, { tracks });
    const original = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await original(constraints);
      tracks.push(...stream.getTracks());
      return stream;
    };
  });
  const states = () =>
    page.evaluate(() =>
      (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks.map(({ readyState }) => readyState),
    );
  await button(page).click();
  await expect(element(page).locator('[part=partial], [part=text]').first()).not.toBeEmpty({
    timeout: 60_000,
  });
  expect(await states()).toEqual(['live']);
  expect(page.workers().length).toBeGreaterThan(0);
  const after = await page.evaluate(async () => {
    document.querySelector('sotto-transcriber')?.remove();
    await new Promise((resolve) => setTimeout(resolve));
    return (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks.map(
      ({ readyState }) => readyState,
    );
  });
  expect(after).toEqual(['ended']);
  await expect.poll(() => page.workers().length).toBe(0);
});

test('a stream of the page is read until it ends, and stays the page’s', async () => {
  const page = await open('<sotto-transcriber></sotto-transcriber>');
  await readClip(page);
  const read = await page.evaluate(async () => {
    const one = document.querySelector('sotto-transcriber');
    const context = new AudioContext();
    const played = context.createBufferSource();
    played.buffer = await context.decodeAudioData(await (await fetch('/clip.wav')).arrayBuffer());
    const sound = context.createMediaStreamDestination();
    played.connect(sound);
    const [track] = sound.stream.getAudioTracks();
    const text = one?.transcribe(sound.stream);
    one?.addEventListener('statechange', ({ state }) => {
      if (state === 'listening') played.start();
    });
    played.addEventListener('ended', () => setTimeout(() => one?.stop(), 500));
    const whole = await text;
    const left = track?.readyState;
    const again = one?.transcribe(sound.stream);
    track?.stop(); // which no event tells of
    return { whole, left, again: await again };
  });
  isRight(read.whole ?? '');
  expect(read).toMatchObject({ left: 'live', again: '' });
});

test('what is missing, unknown or wrong is said, with what to do', async () => {
  const page = await open('<sotto-transcriber for="nowhere" model="no-such-model"></sotto-transcriber>');
  const fails = () =>
    page.evaluate(async () => {
      const one = document.querySelector('sotto-transcriber');
      const told: unknown[] = [];
      one?.addEventListener('error', ({ code, message, next }) => told.push(code, message, next));
      one?.addEventListener('final', ({ text }) => told.push(text), { once: true });
      const thrown: unknown = await one?.transcribe('/clip.wav').catch((error: unknown) => error);
      return [...told, thrown instanceof DOMException ? thrown.name : ''];
    });
  const some = expect.stringMatching(/^[A-Z].*\.$/);
  expect(await fails()).toEqual(['target_missing', some, some, '', 'OperationError']);
  await page.evaluate(() => document.querySelector('sotto-transcriber')?.removeAttribute('for'));
  expect(await fails()).toEqual(['model_unknown', some, some, '', 'OperationError']);
  await expect(element(page).getByRole('alert')).not.toBeEmpty();
  await page.evaluate(() => document.querySelector('sotto-transcriber')?.removeAttribute('model'));
  isRight(await readClip(page));
});

test('it is handsome and accessible: light and dark, wide and narrow, English and Chinese', async ({
  browserName: _,
}, info) => {
  const bodies = {
    en: ['lang="en"', 'Dictate', 'Speech to text'],
    zh: ['lang="zh-CN"', '听写', '语音转文字'],
  } as const;
  for (const [name, [attributes, says, title]] of Object.entries(bodies)) {
    const page = await open(
      `<h1>Notes</h1><sotto-transcriber></sotto-transcriber><br>
      <sotto-transcriber mode="file"></sotto-transcriber><br><sotto-transcriber disabled></sotto-transcriber><br>
      <sotto-transcriber for="nowhere"></sotto-transcriber>`,
      attributes,
    );
    await expect(button(page)).toHaveText(says);
    await page.evaluate(() => document.documentElement.setAttribute('lang', 'en'));
    await expect(button(page)).toHaveText('Dictate');
    await page.evaluate((lang) => document.documentElement.setAttribute('lang', lang), name);
    await expect(button(page)).toHaveText(says);
    await page.locator('sotto-transcriber').last().getByRole('button').click();
    await expect(page.locator('sotto-transcriber').last().getByRole('alert')).not.toBeEmpty();
    expect(await groups(page)).toContain(title);
    await readClip(page);
    await button(page).click();
    await expect(element(page)).toHaveJSProperty('state', 'listening', { timeout: 60_000 });
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [320, 1280]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 720 });
        await page.screenshot({ path: info.outputPath(`${name}-${colorScheme}-${width}.png`) });
        await expectFits(page);
      }
      await expectAccessible(page);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  }
});
