/** Whether captions follow what is said, or stay where somebody reads back. Pure. */

export type Reading = 'newest' | 'back';

/** Pixels from the end that still count as its being in view: less than a line. */
const NEAR = 24;

export const readingAt = ({
  scrollTop,
  scrollHeight,
  clientHeight,
}: Pick<Element, 'scrollTop' | 'scrollHeight' | 'clientHeight'>): Reading =>
  scrollHeight - clientHeight - scrollTop <= NEAR ? 'newest' : 'back';
