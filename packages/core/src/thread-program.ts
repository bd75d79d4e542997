/** What a thread runs. */
export interface ThreadProgram {
  /** the file beside this one, for Node, Deno and Bun */
  file: string;
  /** starts it in a browser: written out with its options where it is asked for, as bundlers find it by that alone */
  startWeb(): Worker;
}
