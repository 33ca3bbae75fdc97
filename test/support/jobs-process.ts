/**
 * A process with durable jobs over the fake service, to be killed: `jobs-process.ts FOLDER [FILE…]` takes up what is
 * there, accepts the files, and prints a JSON line for every segment and end as it is committed.
 */
import { readFile } from 'node:fs/promises';
import { openJobs } from '../../server/jobs/jobs.ts';
import { createFakeService, FAKE_MODEL } from './fake-service.ts';

const [folder = '', ...files] = process.argv.slice(2);
const say = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);

const service = createFakeService({ limits: { maxWaiting: 100 } });
const jobs = await openJobs(
  { folder, ttlMs: 1e9, maxBytes: 1e6, fetchMs: 1e4, allowPrivateUrls: false, webhookSecret: undefined },
  { service },
);

function follow(id: string): void {
  let said = 0;
  const look = () => {
    for (const { id: segment } of jobs.segments(id, said, 100)) {
      said += 1;
      say({ id, segment });
    }
    const status = jobs.find(id)?.status;
    if (status === 'done') say({ id, status, texts: jobs.result(id)?.segments.map(({ text }) => text) });
  };
  jobs.watch(id, look);
  look();
}

for (const path of files) {
  const { view } = await jobs.submit(
    {
      model: FAKE_MODEL,
      options: { task: 'transcribe' },
      answer: {
        task: 'transcribe',
        responseFormat: 'json',
        granularities: { segment: true, word: false },
        logprobs: false,
      },
      webhook: undefined,
      idempotencyKey: path,
    },
    { kind: 'file', path, sha256: (await readFile(path)).toString('hex') },
    () => service.reserve(),
  );
  say({ id: view.id, status: 'accepted' });
  follow(view.id);
}

process.stdin.setEncoding('utf8').on('data', (ids: string) => {
  for (const id of ids.split('\n').filter((each) => each !== '')) follow(id);
});
say({ status: 'up' });
