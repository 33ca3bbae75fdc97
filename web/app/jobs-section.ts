import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { OutputOptions } from '../../shared/formats/options.ts';
import type { TranscriberStatus } from '../client/transcriber.ts';
import type { JobList } from './job-list.ts';
import type { LateJobs } from './late-jobs.ts';
import type { Desk } from './library-desk.ts';
import type { ModelChoice } from './model-choice.ts';
import { noJobs } from './no-jobs.ts';
import { pageWords } from './words/page.ts';

export interface JobsSection {
  readonly list: JobList;
  readonly late: LateJobs;
  readonly status: TranscriberStatus | undefined;
  readonly models: readonly ModelChoice[];
  /** address the models come from */
  readonly hub: string;
  readonly output: OutputOptions;
  readonly desk: Desk | undefined;
}

/** The jobs of this visit, and what is kept below them. */
export const jobsSection = ({
  list: { jobs, open },
  late,
  status,
  models,
  hub,
  output,
  desk,
}: JobsSection) => html`
  <div class="jobs-head">
    <h2 id="transcripts" tabindex="-1">${pageWords.transcripts()}</h2>
    <p class="muted" role="status">${status?.waiting ? pageWords.waiting(status.waiting) : ''}</p>
  </div>
  <first-run hidden .jobs=${jobs} .models=${models} .current=${status?.model ?? ''} .hub=${hub}></first-run>
  ${jobs.length === 0 ? noJobs() : nothing} ${late.render()}
  <batch-bar .jobs=${jobs} .output=${output} .manuscript=${desk?.manuscript}></batch-bar>
  ${repeat(
    jobs,
    (job) => job.id,
    (job) => html`<job-card
      data-job=${job.id}
      .job=${job}
      .model=${models.find(({ id }) => id === job.snapshot.model)}
      .open=${job.id === open}
      .output=${output}
      .kept=${desk?.kept(job)}
    ></job-card>`,
  )}
  ${desk === undefined ? nothing : html`<library-panel .desk=${desk} .output=${output}></library-panel>`}
`;
