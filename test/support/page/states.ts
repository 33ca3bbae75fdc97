/** The states the page can be in, each as what brings a freshly opened page there. */
import type { Page } from '@playwright/test';
import type { Segment } from '../../../shared/transcript/transcript.ts';

const SENTENCES = [
  'Please open the door for me.',
  'The train to Boston leaves at half past nine.',
  'We should meet on Friday, the third of April, at noon.',
  'Could you tell me where the nearest station is? I have been walking for twenty minutes and I think I am lost.',
  'Turn off the light in the kitchen.',
  'There are forty seven chairs in the room, and nobody is sitting on any of them.',
];

export function segments(count: number, every = 4.2): Segment[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    start: id * every + 0.3,
    end: id * every + every - 0.4,
    text: SENTENCES[id % SENTENCES.length]!,
    tokens: [],
    avgLogprob: -0.2,
    noSpeechProb: 0,
    compressionRatio: 1,
  }));
}

/** Gives the page files of these names through its file chooser. */
export async function giveFiles(page: Page, ...names: string[]): Promise<void> {
  await page
    .locator('input[type=file]')
    .setInputFiles(names.map((name) => ({ name, mimeType: 'audio/mpeg', buffer: Buffer.from('x') })));
}

async function engineReady(page: Page, rung: 'webgpu' | 'wasm'): Promise<void> {
  await page.evaluate((device) => {
    const info = { model: 'sotto-demo-en', device, dtype: 'q8', windowSeconds: 10, lanes: 1 };
    window.fake.changeStatus({ engine: { name: 'ready', rung: device, info } });
  }, rung);
}

const reading = { doneSeconds: 76, totalSeconds: 182, speed: 12.4, remainingMs: 21_000 };

export const STATES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  empty: async () => undefined,

  loading: async (page) => {
    await giveFiles(page, 'interview.mp3');
    await page.evaluate(() => {
      const progress = { phase: 'download', loaded: 31.4e6, total: 77.2e6, file: 'x' } as const;
      window.fake.changeStatus({ engine: { name: 'loading', rung: 'webgpu', progress } });
      window.fake.jobs[0]?.change({ state: { name: 'preparing' } });
    });
  },

  reading: async (page) => {
    await giveFiles(page, 'interview with a very long name that goes on and on.mp3');
    await engineReady(page, 'webgpu');
    await page.evaluate(
      ([read, progress]) =>
        window.fake.jobs[0]?.change({ state: { name: 'reading' }, segments: read, progress }),
      [segments(18), reading] as const,
    );
  },

  queued: async (page) => {
    await giveFiles(page, 'monday.m4a', 'tuesday.m4a', 'wednesday.m4a');
    await engineReady(page, 'wasm');
    await page.evaluate(
      ([read, progress]) => {
        const [first, second, third] = window.fake.jobs;
        first?.change({ state: { name: 'reading' }, segments: read, progress });
        second?.change({ state: { name: 'waiting', position: 0, etaMs: 22_000 } });
        third?.change({ state: { name: 'waiting', position: 1, etaMs: 130_000 } });
        const error = { code: 'no_adapter' } as const;
        window.fake.changeStatus({ waiting: 2, changes: [{ from: 'webgpu', to: 'wasm', error }] });
      },
      [segments(5), reading] as const,
    );
  },

  done: async (page) => {
    await giveFiles(page, 'lecture.wav');
    await engineReady(page, 'webgpu');
    await page.evaluate(
      (read) => {
        const progress = { doneSeconds: 3725, totalSeconds: 3725, speed: 18, remainingMs: 0 };
        window.fake.jobs[0]?.change({ state: { name: 'done' }, segments: read, progress });
      },
      segments(12, 310),
    );
  },

  detected: async (page) => {
    await page.evaluate(() => window.fake.changeStatus({ model: 'onnx-community/whisper-base' }));
    await giveFiles(page, 'vortrag.mp3');
    await engineReady(page, 'webgpu');
    await page.evaluate(
      (read) => {
        const progress = { doneSeconds: 62, totalSeconds: 62, speed: 18, remainingMs: 0 };
        const detected = { code: 'de', probability: 0.934 };
        const state = { name: 'done' } as const;
        window.fake.jobs[0]?.change({ state, segments: read, progress, language: 'de', detected });
      },
      segments(4, 15),
    );
  },

  error: async (page) => {
    await giveFiles(page, 'notes.pdf', 'broken.mp3', 'silence.wav');
    await engineReady(page, 'wasm');
    await page.evaluate((read) => {
      const [first, second, third] = window.fake.jobs;
      first?.change({ state: { name: 'failed', error: { code: 'not_media', detail: 'no known header' } } });
      const left = { kind: 'left-out', start: 12, end: 21, error: { code: 'poison' } } as const;
      const early = { kind: 'ended-early', at: 31, error: { code: 'corrupt_media' } } as const;
      second?.change({ state: { name: 'done' }, segments: read, notices: [left, early] });
      third?.change({ state: { name: 'done' }, notices: [{ kind: 'no-speech' }] });
      const error = { code: 'self_test_failed' } as const;
      window.fake.changeStatus({ changes: [{ from: 'webgpu', to: 'wasm', error }] });
    }, segments(3));
  },

  listening: async (page) => {
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await engineReady(page, 'webgpu');
    await page.evaluate((read) => {
      const progress = { doneSeconds: 12, totalSeconds: 15.2, speed: undefined, remainingMs: undefined };
      window.fake.jobs[0]?.change({
        state: { name: 'listening' },
        segments: read,
        partial: { committed: 'and the next', tentative: 'thing I wanted to' },
        speech: 'begun',
        level: 0.09,
        progress,
      });
    }, segments(3));
  },

  failedRecording: async (page) => {
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.evaluate((read) => {
      const state = { name: 'failed', error: { code: 'microphone_lost' } } as const;
      window.fake.jobs[0]?.change({ state, segments: read, notices: [{ kind: 'digital-silence' }] });
      window.fake.changeStatus({ engine: { name: 'failed', error: { code: 'engine_unavailable' } } });
    }, segments(2));
  },
};
