/** Somebody else's site, and a browser whose microphone hears a fixture, for as long as a file of tests runs. */
import { readFile } from 'node:fs/promises';
import { type Browser, test } from '@playwright/test';
import { fixturePath } from '../../support/fixtures.ts';
import { hearingBrowser } from './hearing-browser.ts';
import { type OtherSite, openOtherSite } from './other-site.ts';

export interface Elsewhere {
  readonly browser: Browser;
  readonly other: OtherSite;
  /** Sotto's own address */
  readonly host: string;
}

/** `clip`: a fixture that the other site has at /clip.wav. What it gives is there within tests. */
export function useElsewhere(spoken: string, clip: string): Elsewhere {
  let here: Elsewhere | undefined;
  const there = (): Elsewhere => {
    if (here === undefined) throw new Error('only within tests');
    return here;
  };
  test.beforeAll(async ({ baseURL }) => {
    const host = baseURL ?? '';
    const other = await openOtherSite(host);
    other.serve('/clip.wav', await readFile(fixturePath(clip)), 'audio/wav');
    here = { browser: await hearingBrowser(spoken), other, host };
  });
  test.afterAll(async () => {
    await there().browser.close();
    await there().other.close();
  });
  test.afterEach(async () => {
    for (const context of there().browser.contexts()) await context.close();
  });
  return {
    get browser() {
      return there().browser;
    },
    get other() {
      return there().other;
    },
    get host() {
      return there().host;
    },
  };
}
