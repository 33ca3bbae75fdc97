/** What is wrong with the server, for those who look after it. */
import { ERRORS, type ErrorWire, fromWire } from '../../shared/errors.ts';

export const troubleOf = (error: ErrorWire) => ({
  code: error.code,
  message: `${withoutPaths(fromWire(error).message)} ${ERRORS[error.code].next}`,
});

/** Where things lie on this machine is nobody's business; what they are called helps to put them right. */
export const withoutPaths = (text: string): string =>
  text.replace(/(?<![\w:/.])(?:[A-Za-z]:)?(?:[\\/][^\s\\/:'"()]+)*[\\/](?=[^\s\\/:'"()]+)/g, '…/');
