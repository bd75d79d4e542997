// the package has no types of its own; this is what we use of it
declare module 'qlobber' {
  export interface QlobberOptions {
    separator: string;
    wildcard_one: string;
    wildcard_some: string;
    match_empty_levels: boolean;
  }

  /** A trie of topic filters with values. */
  export class Qlobber<Value> {
    constructor(options: QlobberOptions);
    add(filter: string, value: Value): this;
    remove(filter: string, value?: Value): this;
    match(topic: string): Value[];
  }

  /** A trie that says only whether a filter matches. */
  export class QlobberTrue {
    constructor(options: QlobberOptions);
    add(filter: string): this;
    test(topic: string): boolean;
  }
}
