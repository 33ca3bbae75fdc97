/** A real server under load whose processes are killed and stopped, and what became of every request. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../support/random.ts';
import { serverChildren } from '../support/server-children.ts';
import { startServer } from '../support/server-process.ts';
import { jobs, keepsJobs, type Load, transcriptions } from './loads.ts';
import { judge, type Outcome, type Said } from './outcome.ts';
import { type Recording, recordings, variant } from './recordings.ts';
import { type Blow, blows, type Strike, strike } from './strikes.ts';

export interface ChaosOptions {
  readonly kills: number;
  readonly seed: number;
  /** what stands before the server's arguments: what test/support/programs.ts has */
  readonly node: readonly string[];
  readonly deck?: readonly Blow[];
  readonly log?: (line: string) => void;
}

export interface ChaosReport {
  readonly strikes: readonly Strike[];
  readonly outcomes: readonly Outcome[];
  /** what is wrong besides: a server that does not serve afterwards, a process or a file left behind */
  readonly problems: readonly string[];
}

const CLIENTS = { transcription: 5, job: 2 };
/** Far beyond every wait of the server's own. */
const BOUND_MS = 120_000;
const GONE_MS = 45_000;

const SETTINGS = {
  ASR_ENABLED: 'on',
  ASR_DEVICE: 'cpu',
  ASR_THREADS: '1',
  ASR_SPARES: '1',
  ASR_MAX_CONCURRENT: '2',
  ASR_QUEUE_MAX: '16',
  ASR_MAX_WAIT_MS: '60000',
  // A stopped decoder is found out by its silence; by default that takes 20 s.
  ASR_DECODER_STALL_MS: '4000',
};

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, log = () => undefined } = options;
  const random = createRandom(seed);
  const folder = await mkdtemp(join(tmpdir(), 'sotto-chaos-'));
  const spool = join(folder, 'spool');
  await mkdir(spool);
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Sotto</title>');
  const env = { ...SETTINGS, SOTTO_WEB: folder, ASR_SPOOL_DIR: spool, ASR_JOBS_DIR: join(folder, 'jobs') };
  // In a session of its own: when a group with a stopped process in it loses its shell, the kernel ends all of it.
  const server = startServer(['--port', '0'], env, options.node, { detached: true });
  const pid = server.child.pid as number;
  const killServer = () => void server.child.kill('SIGKILL');
  process.once('exit', killServer);
  try {
    const address = await server.address;
    const loads = [transcriptions(address, BOUND_MS)];
    if (await keepsJobs(address)) loads.push(jobs(address, BOUND_MS));
    const library = await undisturbed(transcriptions(address, BOUND_MS));
    log(`${library.length} recordings read undisturbed; loads: ${loads.map(({ name }) => name).join(', ')}`);
    const load = startLoad(loads, library);
    const strikes: Strike[] = [];
    for (const blow of blows(options.kills, random, options.deck)) {
      const hit = await strike({ pid, spare: () => spareOf(address), served: load.served }, blow, random);
      strikes.push(hit);
      log(`${strikes.length} ${hit.signal} ${hit.role}: ${Math.round(hit.recoveryMs ?? Number.NaN)} ms`);
    }
    const outcomes = await load.stop();
    const problems = [
      ...(await servesAgain(loads, library)),
      ...(await stoppedOnes(strikes)),
      ...strikes.flatMap(({ role, signal, recoveryMs }) =>
        recoveryMs === undefined ? [`nothing was served after ${signal} to the ${role}`] : [],
      ),
    ];
    const children = serverChildren(pid).map((child) => child.pid);
    server.child.kill('SIGTERM');
    const { code } = await server.ended;
    if (code !== 0) problems.push(`the server ended with ${code}`);
    if (!(await goneWithin(children, 10_000))) problems.push('a process outlived the server');
    const left = await readdir(spool);
    if (left.length > 0) problems.push(`the spool still holds ${left.length} entries`);
    return { strikes, outcomes, problems };
  } finally {
    killServer();
    process.off('exit', killServer);
    await rm(folder, { recursive: true, force: true });
  }
}

async function spareOf(address: string): Promise<string> {
  const response = await fetch(`${address}/health`, { signal: AbortSignal.timeout(BOUND_MS) });
  return String(((await response.json()) as { readonly spare?: unknown }).spare);
}

/** A recording and the text that it has when nothing happens. */
interface Known {
  readonly recording: Recording;
  readonly expected: readonly string[];
}

async function undisturbed(load: Load): Promise<readonly Known[]> {
  const library: Known[] = [];
  for (const recording of recordings()) {
    const said = await load.ask(variant(recording, 0));
    if (said.name !== 'text' || said.segments.length === 0) {
      throw new Error(`${recording.name} was not read before anything happened: ${JSON.stringify(said)}`);
    }
    library.push({ recording, expected: said.segments });
  }
  return library;
}

/** A text that is not the recording's own; one differing bit may make another word of a doubtful one. */
interface Doubt {
  readonly known: Known;
  readonly number: number;
  readonly said: Said;
}

function startLoad(loads: readonly Load[], library: readonly Known[]) {
  const outcomes: Outcome[] = [];
  const doubts: Doubt[] = [];
  const waiting = new Set<(at: number) => void>();
  let number = 0;
  let going = true;

  async function client(load: Load): Promise<void> {
    while (going) {
      number += 1;
      const mine = number;
      const known = library[mine % library.length]!;
      const said = await load.ask(variant(known.recording, mine));
      const outcome = judge(said, known.expected);
      if (said.name === 'text' && outcome.name !== 'right') doubts.push({ known, number: mine, said });
      else outcomes.push(outcome);
      if (said.name === 'text') for (const tell of waiting) tell(performance.now());
      await sleep(pauseAfter(said));
    }
  }

  const clients = loads.flatMap((load) =>
    Array.from({ length: CLIENTS[load.name as keyof typeof CLIENTS] }, () => client(load)),
  );
  return {
    served: () =>
      new Promise<number | undefined>((resolve) => {
        const tell = (at: number | undefined) => {
          clearTimeout(timer);
          waiting.delete(tell);
          resolve(at);
        };
        const timer = setTimeout(() => tell(undefined), BOUND_MS);
        waiting.add(tell);
      }),
    async stop(): Promise<readonly Outcome[]> {
      going = false;
      await Promise.all(clients);
      const [calm] = loads;
      for (const { known, number: mine, said } of doubts) {
        const again = await calm?.ask(variant(known.recording, mine));
        outcomes.push(judge(said, again?.name === 'text' ? again.segments : known.expected));
      }
      return outcomes;
    },
  };
}

const pauseAfter = (said: Said): number => (said.name === 'error' ? Math.min(1_000, said.retryMs) : 0);

/** Each way and each recording once more, now that nobody disturbs. */
async function servesAgain(loads: readonly Load[], library: readonly Known[]): Promise<string[]> {
  const problems: string[] = [];
  for (const load of loads) {
    for (const { recording, expected } of library) {
      const until = performance.now() + GONE_MS;
      let outcome: Outcome;
      do {
        const said = await load.ask(variant(recording, 0));
        outcome = judge(said, expected);
        await sleep(pauseAfter(said));
      } while (outcome.name === 'defined' && performance.now() < until);
      if (outcome.name !== 'right') {
        problems.push(`${recording.name} as a ${load.name} afterwards: ${JSON.stringify(outcome)}`);
      }
    }
  }
  return problems;
}

/** A decoder that is stopped while it waits for work is found out when it gets some; the others by themselves. */
async function stoppedOnes(strikes: readonly Strike[]): Promise<string[]> {
  const stopped = strikes.filter(({ signal, role }) => signal === 'SIGSTOP' && role !== 'decoder');
  const gone = await goneWithin(
    stopped.map(({ pid }) => pid),
    GONE_MS,
  );
  return gone ? [] : ['a stopped engine was never replaced'];
}

async function goneWithin(pids: readonly number[], ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  while (pids.some(isAlive)) {
    if (performance.now() > until) return false;
    await sleep(50);
  }
  return true;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
