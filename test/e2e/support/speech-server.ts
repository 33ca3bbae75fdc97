/** The double of a server of windows with the real model behind it: it reads, and the network does what a test wants. */
import type { Page } from '@playwright/test';
import type { Engine } from '../../../shared/asr/engine.ts';
import { loadTestEngine } from '../../support/models.ts';
import {
  type HeardWindow,
  startWindowServer,
  type WindowAct,
  type WindowScript,
  type WindowServer,
} from '../../support/window-server.ts';

export interface SpeechScript extends Omit<Partial<WindowScript>, 'window'> {
  /** what happens to a window instead of being read */
  readonly instead?: (heard: HeardWindow) => WindowAct | undefined;
  /** how long its answer takes on its way */
  readonly latencyMs?: (heard: HeardWindow) => number;
}

let engine: Promise<Engine> | undefined;

export async function startSpeechServer({
  instead,
  latencyMs,
  ...script
}: SpeechScript = {}): Promise<WindowServer> {
  engine ??= loadTestEngine('sotto-demo-en', 'q8');
  const { run, info } = await engine;
  let tail: Promise<unknown> = Promise.resolve();
  return startWindowServer({
    ...script,
    info,
    async window(heard) {
      const act = instead?.(heard);
      if (act !== undefined) return act;
      const { language, prefix, effort = 'full', task } = heard.message;
      const reading = tail.then(() =>
        run({
          windows: [{ samples: heard.samples, ...(prefix === undefined ? {} : { prefix }) }],
          options: { task, effort, ...(language === undefined ? {} : { language }) },
        }),
      );
      tail = reading.catch(() => undefined);
      const [read] = await reading;
      if (read === undefined) throw new Error('no reading');
      return { do: 'read', reading: read, ms: latencyMs?.(heard) ?? 0 };
    },
  });
}

/**
 * Lets the site of this page offer a server. Without an address it is the site's own: then the real server must offer
 * it in /app-config.json by itself, and nothing is changed.
 */
export async function offerServer(page: Page, address?: string): Promise<void> {
  if (address === undefined) return;
  const { origin } = new URL(address);
  await page.route('/app-config.json', async (route) => {
    const config: Record<string, unknown> = await (await route.fetch()).json();
    await route.fulfill({ json: { ...config, server: { windows: true, origin } } });
  });
}

/** As a visitor who chose this on an earlier visit. */
export async function remembered(page: Page, choice: Readonly<Record<string, string>>): Promise<void> {
  await page.addInitScript((kept) => {
    for (const [name, value] of Object.entries(kept)) {
      localStorage.setItem(`sotto.${name}`, value);
    }
  }, choice);
}
