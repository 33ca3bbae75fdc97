/** Where a command writes: results on standard output, all else on standard error. */

export interface Output {
  /** Resolves when it was taken: a pipe may be slow. */
  write(text: string): Promise<void>;
  error(line: string): void;
  /** A line that the next one replaces on a terminal; elsewhere nothing. */
  status(line: string): void;
  readonly terminal: boolean;
}

const CLEAR_LINE = '\r\u001b[2K';

export function processOutput(
  stdout: NodeJS.WriteStream = process.stdout,
  stderr: NodeJS.WriteStream = process.stderr,
): Output {
  const terminal = stderr.isTTY === true;
  let shown = false;
  const clear = () => {
    if (shown) stderr.write(CLEAR_LINE);
    shown = false;
  };
  return {
    terminal,
    write(text) {
      clear();
      return new Promise((resolve, reject) => {
        stdout.write(text, (error) => (error ? reject(error) : resolve()));
      });
    },
    error(line) {
      clear();
      stderr.write(`${line}\n`);
    },
    status(line) {
      if (!terminal) return;
      stderr.write(CLEAR_LINE + line.slice(0, (stderr.columns ?? 80) - 1));
      shown = true;
    },
  };
}
