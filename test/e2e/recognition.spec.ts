/** Recognition of the Web Speech API on a page of another origin, in a browser whose microphone hears a fixture. */
import { expect, type Page, test } from '@playwright/test';
import type * as Sotto from '../../web/recognition/main.ts';
import { fixture } from '../support/fixtures.ts';
import { wordErrors } from '../support/wer.ts';
import { useElsewhere } from './support/elsewhere.ts';

const CLIP = 'us-male.wav';
const SPOKEN = 'us-female-question.wav';

const there = useElsewhere(SPOKEN, CLIP);

interface World {
  sotto: typeof Sotto;
  /** every event of the recognition, as it came */
  told: string[];
  /** every track that the page was given */
  tracks: MediaStreamTrack[];
  recognition: Sotto.SottoSpeechRecognition;
  /** starts it, and waits for its `end` */
  heard(start?: () => void): Promise<string[]>;
}
declare global {
  var world: World;
}

/** A page with the class, and with one recognition whose events are noted. */
async function open(permissions: string[] = ['microphone']): Promise<Page> {
  const context = await there.browser.newContext({ permissions });
  const page = await context.newPage();
  await page.goto(there.other.page('/', ''));
  await page.evaluate(async (address) => {
    const sotto: typeof Sotto = await import(address);
    const tracks: MediaStreamTrack[] = [];
    const { mediaDevices } = navigator;
    const capture = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wishes) => {
      const stream = await capture(wishes);
      tracks.push(...stream.getTracks());
      return stream;
    };
    const recognition = new sotto.SottoSpeechRecognition();
    const told: string[] = [];
    const note = (event: Event) => {
      if (event instanceof sotto.SottoSpeechRecognitionErrorEvent) told.push(`error ${event.error}`);
      else if (event instanceof sotto.SottoSpeechRecognitionEvent && event.type === 'result') {
        const texts = [...event.results].map(
          (one) => `${one.isFinal ? 'final' : 'interim'} ${one.item(0)?.transcript}`,
        );
        told.push(`result ${texts.join(' | ')}`);
      } else told.push(event.type);
    };
    for (const type of ['start', 'audiostart', 'soundstart', 'speechstart', 'speechend', 'soundend'])
      recognition.addEventListener(type, note);
    for (const type of ['audioend', 'result', 'nomatch', 'error', 'end'])
      recognition.addEventListener(type, note);
    globalThis.world = {
      ...{ sotto, told, tracks, recognition },
      heard(start = () => recognition.start()) {
        told.length = 0;
        const ended = new Promise<string[]>((resolve) =>
          recognition.addEventListener('end', () => resolve([...told]), { once: true }),
        );
        start();
        return ended;
      },
    };
  }, `${there.host}/embed/recognition.js`);
  return page;
}

/** Without the results, which come as they may between. */
const orderOf = (told: readonly string[]) => told.filter((what) => !what.startsWith('result'));
const WHOLE = [
  ...['start', 'audiostart', 'soundstart', 'speechstart'],
  ...['speechend', 'soundend', 'audioend', 'end'],
];

test('a track is listened to: events in order, interim and final text, the track stays its owner’s', async () => {
  const page = await open([]);
  const { told, live, last, available } = await page.evaluate(async () => {
    const { recognition, heard, sotto } = globalThis.world;
    const { SottoSpeechRecognition: Recognition } = sotto;
    const ask = () => Recognition.available({ langs: ['en-GB'], processLocally: true });
    const before = [await ask(), await Recognition.available({ langs: ['fr'] })];
    const installed = [
      await Recognition.install({ langs: ['en'] }),
      await Recognition.install({ langs: ['fr'] }),
    ];
    const context = new AudioContext();
    const sound = await context.decodeAudioData(await (await fetch('/clip.wav')).arrayBuffer());
    const out = context.createMediaStreamDestination();
    const node = new AudioBufferSourceNode(context, { buffer: sound });
    node.connect(out);
    const [track] = out.stream.getAudioTracks();
    recognition.interimResults = true;
    recognition.continuous = true;
    recognition.onaudiostart = () => node.start();
    node.onended = () => setTimeout(() => recognition.stop(), 1_500);
    let last = '';
    recognition.onresult = ({ results }) => {
      last = [...results].map((one) => one[0]?.transcript).join('');
    };
    const told = await heard(() => recognition.start(track));
    return { told, last, live: track?.readyState, available: [...before, await ask(), ...installed] };
  });
  expect(orderOf(told)).toEqual(WHOLE);
  expect(wordErrors(fixture(CLIP).text ?? '', last).errors).toBeLessThanOrEqual(1);
  expect(told.some((what) => what.startsWith('result interim'))).toBe(true);
  expect(told.filter((what) => what.startsWith('result')).at(-1)).not.toContain('interim');
  expect([live, ...available]).toEqual(['live', 'downloadable', 'unavailable', 'available', true, false]);
});

test('one utterance of the microphone ends by itself, and leaves the microphone free', async () => {
  const page = await open();
  const { told, states } = await page.evaluate(async () => {
    const { heard, tracks } = globalThis.world;
    const told = await heard();
    return { told, states: tracks.map(({ readyState }) => readyState) };
  });
  expect(orderOf(told)).toEqual(WHOLE);
  const results = told.filter((what) => what.startsWith('result'));
  expect(results).toHaveLength(1);
  expect(told.indexOf(results[0] ?? '')).toBe(told.indexOf('audioend') + 1);
  // It speaks over and over, and may come in anywhere.
  expect(results[0]?.length).toBeGreaterThan('result final '.length + 3);
  expect(states).toEqual(['ended']);
});

test('twice started, aborted in mid-speech, stopped before anything: one end, no live track', async () => {
  const page = await open();
  const seen = await page.evaluate(async () => {
    const { recognition, heard, tracks, sotto } = globalThis.world;
    recognition.stop();
    recognition.abort();
    const names: string[] = [];
    const attempt = (start: () => void) => {
      try {
        start();
        names.push('none');
      } catch (error) {
        names.push(error instanceof Error ? error.name : '');
      }
    };
    attempt(() => recognition.start('track' as unknown as MediaStreamTrack));
    recognition.onspeechstart = () => {
      attempt(() => recognition.start());
      recognition.abort();
    };
    const aborted = await heard();
    const after = tracks.map(({ readyState }) => readyState);
    const ended = tracks[0] as MediaStreamTrack;
    attempt(() => recognition.start(ended));
    const atOnce = await heard(() => {
      recognition.start();
      recognition.abort();
    });
    recognition.lang = 'fr';
    const language = await heard();
    const tags = await sotto.SottoSpeechRecognition.available({ langs: ['not a tag'] }).catch(
      (error: unknown) => (error instanceof DOMException ? error.name : ''),
    );
    recognition.lang = '';
    const stopped = await heard(() => {
      recognition.start();
      recognition.stop();
    });
    const wild = recognition as unknown as Record<string, unknown>;
    wild.maxAlternatives = '3';
    attempt(() => {
      wild.phrases = ['a word'];
    });
    const opened = tracks.length;
    return {
      aborted,
      after,
      names,
      atOnce,
      language,
      tags,
      stopped,
      opened,
      most: recognition.maxAlternatives,
    };
  });
  expect(seen).toEqual({
    aborted: [...WHOLE.slice(0, -1), 'error aborted', 'end'],
    after: ['ended'],
    names: ['TypeError', 'InvalidStateError', 'InvalidStateError', 'TypeError'],
    atOnce: ['error aborted', 'end'],
    language: ['error language-not-supported', 'end'],
    tags: 'SyntaxError',
    stopped: ['end'],
    // One for what was aborted in mid-speech: nothing else had need of it.
    opened: 1,
    most: 3,
  });
});

test('nobody is heard: no-speech, by itself; the polyfill fills a gap and nothing else', async () => {
  const page = await open([]);
  const told = await page.evaluate(async () => {
    const { recognition, heard, sotto } = globalThis.world;
    sotto.SottoSpeechRecognition.defaults.noSpeechMs = 300;
    recognition.continuous = true;
    const [track] = new AudioContext().createMediaStreamDestination().stream.getAudioTracks();
    return heard(() => recognition.start(track));
  });
  expect(told).toEqual(['start', 'audiostart', 'audioend', 'error no-speech', 'end']);
  const filled = await page.evaluate(async (address) => {
    const scope = globalThis as unknown as Record<string, unknown>;
    const mark = () => undefined;
    scope.webkitSpeechRecognition = mark;
    const { install, SottoSpeechRecognition } = await import(address);
    const kept = scope.webkitSpeechRecognition === mark;
    delete scope.webkitSpeechRecognition;
    delete scope.SpeechRecognition;
    const installed = install();
    return [
      kept,
      installed,
      scope.SpeechRecognition === SottoSpeechRecognition,
      'SpeechRecognitionEvent' in scope,
    ];
  }, `${there.host}/embed/polyfill.js`);
  expect(filled).toEqual([true, true, true, true]);
});
