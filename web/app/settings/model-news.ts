import { html, type TemplateResult } from 'lit';
import { settingsWords } from '../words/settings.ts';
import type { News } from './model-shelf.ts';

/** What came of the last thing done with a model. `onMend`: to fetch these files again. */
export function newsOf(news: News, onMend: (paths: readonly string[]) => void): TemplateResult {
  switch (news.name) {
    case 'failed':
      return html`<error-note class="news" .error=${news.error}></error-note>`;
    case 'damaged':
      return html`<div class="news bad" role="alert">
        <p>${settingsWords.damaged(news.paths.length)} ${news.paths.map((path) => html`<code>${path}</code> `)}</p>
        <button class="button small" @click=${() => onMend(news.paths)}>${settingsWords.mend()}</button>
      </div>`;
    case 'no-room':
      return html`<p class="news bad" role="alert">${settingsWords.noRoom()}</p>`;
    default:
      // One element, so that what comes into it is read out.
      return html`<p class="news" role="status">${quietNews(news)}</p>`;
  }
}

function quietNews(news: Exclude<News, { name: 'failed' | 'damaged' | 'no-room' }>): string {
  switch (news.name) {
    case 'none':
      return '';
    case 'downloaded':
      return settingsWords.downloaded();
    case 'cancelled':
      return settingsWords.stopped();
    case 'deleted':
      return settingsWords.deleted();
    case 'same':
      return news.lengths === 0
        ? settingsWords.same(news.files)
        : `${settingsWords.same(news.files)} ${settingsWords.lengths(news.lengths)}`;
  }
}
