/** `npm run audit`: known vulnerabilities of what is installed for production, but for those in audit-allowed.json. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Allowed, judgeAudit } from './judge.ts';

const LIST = 'audit-allowed.json';

const { stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
const list = JSON.parse(readFileSync(LIST, 'utf8')) as readonly Allowed[];
const judged = judgeAudit(readReport(), list);
if (judged.name === 'unknown') {
  console.error(`The registry says nothing of vulnerabilities: ${judged.why}`);
  process.exitCode = 2;
} else {
  for (const { package: name, severity, advisory, title } of judged.open) {
    console.error(`${name}: ${severity}: ${title} (${advisory})`);
  }
  for (const { advisory } of judged.stale)
    console.error(`${advisory} is in ${LIST} and is not found any more.`);
  console.log(`${judged.open.length} open, ${judged.allowed.length} allowed in ${LIST}`);
  process.exitCode = judged.open.length > 0 ? 1 : 0;
}

function readReport(): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    // Told as what npm said instead.
    return { message: stderr.trim().split('\n').at(-1) };
  }
}
