import { type Browser, chromium } from '@playwright/test';
import { CHROMIUM_ARGS, findChromium } from '../../support/chromium.ts';
import { fixturePath } from '../../support/fixtures.ts';

/** A browser whose microphone hears a fixture (a WAV), over and over. */
export function hearingBrowser(sound: string): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({
    args: [
      ...CHROMIUM_ARGS,
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${fixturePath(sound)}`,
    ],
    ...(executablePath ? { executablePath } : {}),
  });
}
