import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { OutputOptions } from '../../shared/formats/options.ts';
import type { JobList } from './job-list.ts';
import type { Desk } from './library-desk.ts';
import type { ModelChoice } from './model-choice.ts';
import { noJobs } from './no-jobs.ts';
import { pageWords } from './words/page.ts';

export interface JobsSection {
  readonly list: JobList;
  readonly waiting: number;
  readonly model: (id: string) => ModelChoice | undefined;
  readonly output: OutputOptions;
  readonly desk: Desk | undefined;
}

/** The jobs of this visit, and what is kept below them. */
export const jobsSection = ({ list: { jobs, open }, waiting, model, output, desk }: JobsSection) => html`
  <div class="jobs-head">
    <h2 id="transcripts" tabindex="-1">${pageWords.transcripts()}</h2>
    <p class="muted" role="status">${waiting === 0 ? '' : pageWords.waiting(waiting)}</p>
  </div>
  ${jobs.length === 0 ? noJobs() : nothing}
  <batch-bar
    .jobs=${jobs}
    .output=${output}
    .manuscript=${desk?.manuscript}
  ></batch-bar>
  ${repeat(
    jobs,
    (job) => job.id,
    (job) => html`<job-card
      data-job=${job.id}
      .job=${job}
      .model=${model(job.snapshot.model)}
      .open=${job.id === open}
      .output=${output}
      .kept=${desk?.kept(job)}
    ></job-card>`,
  )}
  ${desk === undefined ? nothing : html`<library-panel .desk=${desk} .output=${output}></library-panel>`}
`;
