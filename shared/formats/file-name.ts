/** Names that every file system takes. */

/** Bytes leave room for an extension and a number below the 255 of most file systems. */
const LONGEST = 60;
const DEVICES = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)/i;

/** `talk.mp3` to `talk.srt`; characters that file systems refuse become `-`. */
export function fileName(sourceName: string, extension: string): string {
  return `${stemOf(sourceName)}.${extension}`;
}

/** As many names, in order, none twice: not even where capitals do not count. */
export function fileNames(
  sourceNames: readonly string[],
  extension: string,
  taken: readonly string[] = [],
): string[] {
  const used = new Set(taken.map(folded));
  return sourceNames.map((sourceName) => {
    const stem = stemOf(sourceName);
    let name = `${stem}.${extension}`;
    for (let copy = 2; used.has(folded(name)); copy += 1) name = `${stem} (${copy}).${extension}`;
    used.add(folded(name));
    return name;
  });
}

const folded = (name: string) => name.normalize('NFKC').toLowerCase();

function stemOf(sourceName: string): string {
  const stem = sourceName
    .normalize('NFC')
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is to be replaced
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]+|\p{Surrogate}/gu, '-')
    .replace(/^[.\s-]+/, '')
    .replace(DEVICES, '_$1');
  const short = [...stem]
    .slice(0, LONGEST)
    .join('')
    .replace(/[.\s]+$/, '');
  return short === '' ? 'transcript' : short;
}
