/** When a new version takes over: never while something runs, never without being asked. Pure. */

export type Update =
  | { readonly name: 'none' }
  /** a version waits, or took over in another tab */
  | { readonly name: 'offered' }
  /** taken over as soon as nothing runs; `knowing`: that text which is not kept goes with it was said */
  | { readonly name: 'agreed'; readonly knowing: boolean }
  | { readonly name: 'applying' }
  /** it did not take over; offered again */
  | { readonly name: 'failed' };

export type UpdateEvent =
  | { readonly type: 'found' }
  /** `loses`: there is text on this page that is kept nowhere */
  | { readonly type: 'agreed'; readonly loses: boolean }
  | { readonly type: 'put-off' }
  /** no tab of this site has a job */
  | { readonly type: 'free'; readonly loses: boolean }
  | { readonly type: 'failed' };

export const NO_UPDATE: Update = { name: 'none' };

export function nextUpdate(update: Update, event: UpdateEvent): Update {
  switch (event.type) {
    case 'found':
      return update.name === 'none' || update.name === 'failed' ? { name: 'offered' } : update;
    case 'agreed':
      return canAgree(update) ? { name: 'agreed', knowing: event.loses } : update;
    case 'put-off':
      return update.name === 'agreed' ? { name: 'offered' } : update;
    case 'free':
      if (update.name !== 'agreed') return update;
      // What came since nobody has agreed to lose.
      return event.loses && !update.knowing ? { name: 'offered' } : { name: 'applying' };
    case 'failed':
      return update.name === 'applying' ? { name: 'failed' } : update;
  }
}

export const canAgree = ({ name }: Update): boolean => name === 'offered' || name === 'failed';

export interface Listed {
  readonly hasText: boolean;
}

/** Whether a reload would lose text. `keeps`: what is read is kept on this device. */
export const losesText = (jobs: readonly Listed[], keeps: boolean): boolean =>
  !keeps && jobs.some(({ hasText }) => hasText);
