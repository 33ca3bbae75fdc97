/** What is held for an accepted job is held until it is finished, also over a restart. */
import type { Held } from '../http/caller.ts';
import type { Jobs, JobView } from '../jobs/port.ts';
import type { Tenancy } from './tenancy.ts';

export interface JobHolds {
  follow(job: Pick<JobView, 'id' | 'tenant'>, held: Held | undefined): void;
}

export function createJobHolds(
  jobs: Pick<Jobs, 'find' | 'watch'>,
  tenancy: Pick<Tenancy, 'resume'>,
  onFailed: (error: unknown) => void,
): JobHolds {
  function until(id: string, held: Held): void {
    let unwatch = () => {};
    const look = async (): Promise<void> => {
      const status = (await jobs.find(id))?.status;
      if (status === 'queued' || status === 'running') return;
      unwatch();
      await held.release();
    };
    const soon = (): void => void look().catch(onFailed);
    unwatch = jobs.watch(id, soon);
    soon();
  }
  return {
    follow({ id, tenant }, held) {
      if (tenant === undefined) return;
      if (held !== undefined) return until(id, held);
      tenancy.resume(id, tenant.id).then((found) => found && until(id, found), onFailed);
    },
  };
}
