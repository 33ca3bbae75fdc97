/** Models of random weights under the names of real ones, at a hub of their own, for the page to choose. */
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { findModel } from '../../../shared/asr/catalogue.ts';
import { fixturePath } from '../../support/fixtures.ts';
import { startHub } from '../../support/hub-server.ts';
import { startServer } from '../../support/server-process.ts';
import { App } from './app.ts';

export interface Kind {
  /** of the real model */
  readonly id: string;
  readonly folder: string;
  /** a graph's path, and what it is called in the dtype of the device */
  readonly graph: string;
  readonly as: string;
  /** what the page says of where it runs */
  readonly runsOn: RegExp;
}

/** Chosen, fetched file by file, loaded, and read with: text without sense. */
export function testKind({ id, folder, graph, as, runsOn }: Kind): void {
  test(`${id} is fetched, loads and reads`, async ({ page }: { page: Page }) => {
    const entry = findModel(id);
    const home = mkdtempSync(join(tmpdir(), 'sotto-kinds-'));
    cpSync(`test/fixtures/models/${folder}`, home, { recursive: true });
    renameSync(join(home, graph), join(home, as));
    const hub = await startHub({ models: { [id]: home }, commit: entry?.revision ?? '' });
    const server = startServer(['--port', '0'], { SOTTO_HUB: hub.base });
    try {
      const app = await App.open(page, await server.address);
      await page.getByLabel('Model to read with').selectOption(id);
      await page.getByRole('button', { name: `Use ${entry?.label}` }).click();
      const { text, model } = await app.read(fixturePath('us-male.wav'), 'us-male.wav');
      expect(model).toBe(id);
      expect(text).not.toBe('');
      await expect(app.place()).toContainText(runsOn);
    } finally {
      server.child.kill('SIGTERM');
      await Promise.all([server.ended, hub.close()]);
      rmSync(home, { recursive: true });
    }
  });
}
