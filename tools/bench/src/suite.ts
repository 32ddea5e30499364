/** What a benchmark as a whole is: rows, and where they go. */

/** The cells of a row; the first is its title. */
export type Cells = readonly string[];

export interface SuiteOptions {
  readonly only: ReadonlySet<string>;
  readonly rounds: number;
  readonly quick: boolean;
  readonly folder: string;
  /** Each row as soon as it is there. */
  readonly report: (cells: Cells) => void;
}

export interface Suite {
  /** Of its section in docs/benchmarks.md. */
  readonly name: string;
  /** A sentence for --help. */
  readonly description: string;
  readonly rows: readonly string[];
  /** Programs that it needs. */
  readonly tools: readonly string[];
  /** The first two lines of its table. */
  readonly heading: readonly [string, string];
  /** Of programs beside ours, for the note above the table; empty when there are none. */
  versions(): Promise<string>;
  run(options: SuiteOptions): Promise<Cells[]>;
}
