/** What a file's name says of the spool, so that it survives whatever happens to the bytes of files. */
export interface Mark {
  /** ULID. */
  stream: string;
  /** Files of faces that are there at least. */
  files: number;
  /** Every face before it has left the spool. */
  first: number;
  /** The last one given to a stored face. */
  seq: number;
}

/** A ULID and three whole numbers. */
export const markName = /^mark-([0-9A-HJKMNP-TV-Z]{26})-(\d{1,15})-(\d{1,15})-(\d{1,15})$/;

export const formatMark = ({ stream, files, first, seq }: Mark): string =>
  `mark-${stream}-${files}-${first}-${seq}`;

/** The latest of the marks among names of files. */
export function latestMark(names: readonly string[]): Mark | undefined {
  const marks = names.flatMap((name) => {
    const [, stream, ...numbers] = markName.exec(name) ?? [];
    if (stream === undefined) return [];
    const [files = 0, first = 0, seq = 0] = numbers.map(Number);
    return [{ stream, files, first, seq }];
  });
  return marks.sort((a, b) => b.seq - a.seq || b.first - a.first)[0];
}
