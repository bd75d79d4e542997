/** The ways in which each runtime is asked for the faces of one photograph: test/runtimes/shared/probe.js has them. */
export const checks = ['detect', 'cascade', 'xml', 'threads', 'worker', 'network', 'verify'] as const;

export type Check = (typeof checks)[number];

/** What a runtime said to one check: the faces and more, or an error. */
export type Said = Record<string, unknown>;

/** The answers of one place of a runtime, such as `page`, by check. */
export type Answers = Partial<Record<Check, Said>>;

/** A folder with nothing in it but a project, its tools, and the packed package. */
export interface Place {
  readonly folder: string;
  /** the folder that has the folder `inputs`, for sites */
  readonly inputs: string;
  /** the inputs as one file of JSON, for programs */
  readonly sent: string;
  /** Runs a command in the folder, and gives what it prints. @throws with all it said where it fails */
  run(command: string, ...args: string[]): Promise<string>;
  /** What is to be done in the end, last first. */
  after(work: () => unknown): void;
}

/** One runtime, or one tool that makes something for runtimes. */
export interface Runtime {
  name: string;
  /** npm packages and their versions, as pinned */
  tools: Record<string, string>;
  /** folders of test/runtimes that make the project, in order */
  project: string[];
  /** whether it is in the short form, which CI runs */
  short?: true;
  /** why it cannot run here; false where it can */
  missing?: string | false;
  /** what differs from Node in a place, as designed */
  expected?: Partial<Record<string, Partial<Record<Check, string>>>>;
  /** The answers of each place. */
  ask(place: Place): Promise<Record<string, Answers>>;
}
