import leven from 'leven';

/** As written, but for what people mix up: case, dashes and underscores. */
const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');

/** The word that is most like what was written, if one is: a third of its letters may be wrong, two in a short one. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const written = plain(word);
  const ranked = words.map((candidate) => ({ candidate, distance: leven(written, plain(candidate)) }));
  const best = ranked.sort((a, b) => a.distance - b.distance)[0];
  return best && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

export const suggest = (near: string | undefined): string => (near ? `; the nearest is ${near}` : '');
