/** 45 syllables that begin a word, with `space` before them, and the same 45 that continue one. */
export function syllables(space: string): string[] {
  const parts = [...'bdfgklmnp'].flatMap((consonant) => [...'aeiou'].map((vowel) => consonant + vowel));
  return [...parts.map((part) => space + part), ...parts];
}
