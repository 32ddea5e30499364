/**
 * What a command cannot do, said to a person: what happened and what to do next. Anything else that
 * is thrown is a bug and shows its stack.
 */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  /** What to do, one line each. */
  readonly remedies: readonly string[];
  readonly exitCode: number;

  constructor(
    message: string,
    options: { remedies?: readonly string[]; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.remedies = options.remedies ?? [];
    this.exitCode = options.exitCode ?? 1;
  }
}
