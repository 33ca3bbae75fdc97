/** What `npm audit --json` says, against what was looked at and allowed. Pure. */

/** A known vulnerability of a package that does not reach us, with the reason. */
export interface Allowed {
  /** GHSA-… */
  readonly advisory: string;
  /** one sentence: why it does not reach us here */
  readonly why: string;
}

export interface Found {
  readonly advisory: string;
  readonly package: string;
  readonly severity: string;
  readonly title: string;
}

export type Judgement =
  /** `stale`: allowed, and not found any more */
  | {
      readonly name: 'judged';
      readonly open: readonly Found[];
      readonly allowed: readonly Found[];
      readonly stale: readonly Allowed[];
    }
  /** the registry did not answer this question */
  | { readonly name: 'unknown'; readonly why: string };

export function judgeAudit(said: unknown, list: readonly Allowed[]): Judgement {
  if (!isRecord(said) || !isRecord(said.vulnerabilities)) {
    const { error = undefined, message = undefined } = isRecord(said) ? said : {};
    const words = [isRecord(error) ? error.summary : undefined, message];
    const why = words.find((text) => typeof text === 'string' && text !== '');
    return { name: 'unknown', why: typeof why === 'string' ? why : 'no report' };
  }
  const found = new Map<string, Found>();
  for (const { via } of Object.values(said.vulnerabilities).filter(isRecord)) {
    // A name instead of an advisory: it is reached through that other package, which is listed as well.
    for (const each of (Array.isArray(via) ? via : []).filter(isRecord)) {
      const advisory = /GHSA(-\w{4}){3}/.exec(String(each.url))?.[0] ?? String(each.source);
      const { name, severity, title } = each;
      found.set(advisory, {
        advisory,
        package: String(name),
        severity: String(severity),
        title: String(title),
      });
    }
  }
  const known = new Set(list.map(({ advisory }) => advisory));
  return {
    name: 'judged',
    open: [...found.values()].filter(({ advisory }) => !known.has(advisory)),
    allowed: [...found.values()].filter(({ advisory }) => known.has(advisory)),
    stale: list.filter(({ advisory }) => !found.has(advisory)),
  };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
