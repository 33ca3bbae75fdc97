import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page } from '@playwright/test';
import type { JobState } from '../../../web/client/transcriber.ts';

/** What "Download as JSON" gives. */
export interface SavedTranscript {
  readonly text: string;
  readonly duration: number;
  readonly language: string;
  readonly model: string;
  readonly segments: readonly {
    readonly id: number;
    readonly start: number;
    readonly end: number;
    readonly text: string;
    readonly tokens: readonly number[];
    readonly avg_logprob: number;
    readonly no_speech_prob: number;
    readonly compression_ratio: number;
  }[];
}

export interface GivenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Longer than any job here takes on a loaded machine; a job that hangs fails the test all the same. */
const JOB_MS = 180_000;

/** The page as its users see it: by roles and names. */
export class App {
  readonly page: Page;
  /** errors that nobody caught and policy violations: there must be none */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (/Content.Security.Policy|Uncaught/i.test(message.text())) this.complaints.push(message.text());
    });
  }

  static async open(page: Page, path = '/'): Promise<App> {
    const app = new App(page);
    await page.goto(path);
    await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
    return app;
  }

  /** Paths, or files made by the test; all of one kind. */
  async give(...files: readonly string[] | readonly GivenFile[]): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.page.getByRole('button', { name: /Drop recordings here/ }).click();
    await (await chooser).setFiles(files);
  }

  card(name: string): Locator {
    return this.page.locator('job-card').filter({ has: this.page.getByText(name, { exact: true }) });
  }

  async opened(name: string): Promise<Locator> {
    const card = this.card(name);
    const toggle = card.getByRole('heading').getByRole('button');
    if ((await toggle.getAttribute('aria-expanded')) !== 'true') await toggle.click();
    return card;
  }

  state(name: string): Locator {
    return this.card(name).getByRole('article');
  }

  async reached(name: string, state: JobState['name'], timeout = JOB_MS): Promise<void> {
    await expect(this.state(name)).toHaveAttribute('data-state', state, { timeout });
  }

  /** The end of a job, whichever it is. */
  async ended(name: string, timeout = JOB_MS): Promise<string> {
    await expect(this.state(name)).toHaveAttribute('data-state', /done|failed|cancelled|refused/, {
      timeout,
    });
    return (await this.state(name).getAttribute('data-state')) ?? '';
  }

  async saved(name: string, format = 'JSON'): Promise<string> {
    const card = await this.opened(name);
    const download = this.page.waitForEvent('download');
    await card.getByRole('button', { name: `Download as ${format}`, exact: true }).click();
    return readFile(await (await download).path(), 'utf8');
  }

  async transcript(name: string): Promise<SavedTranscript> {
    return JSON.parse(await this.saved(name));
  }

  /** Gives a file, waits until it is done and returns its transcript. */
  async read(file: string, name: string): Promise<SavedTranscript> {
    await this.give(file);
    await this.reached(name, 'done');
    return this.transcript(name);
  }

  place(): Locator {
    return this.page.getByRole('region', { name: 'Where it computes' });
  }
}
