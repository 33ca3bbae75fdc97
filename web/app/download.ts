/** A browser has begun to read the address by then. */
const REVOKE_AFTER_MS = 10_000;

/** Hands a file to the browser's downloads. Who makes gigabytes gives more time, until they are copied. */
export function download(file: File, revokeAfterMs = REVOKE_AFTER_MS): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = url;
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), revokeAfterMs);
}
