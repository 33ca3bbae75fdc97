import { html } from 'lit';
import { pageWords } from './words/page.ts';

/** What stands where the transcripts will be. */
export const noJobs = () => html`<div class="empty">
  <p class="empty-title">${pageWords.emptyTitle()}</p>
  <p class="muted">${pageWords.emptyText()}</p>
</div>`;
