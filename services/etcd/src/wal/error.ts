/** What can be wrong with a log on disk. */
import type { LogIdentity } from './record.ts';

export class WalError extends Error {
  override readonly name = 'WalError';
  readonly code: 'corrupt' | 'wrong-folder';
  readonly path: string;

  private constructor(code: WalError['code'], path: string, message: string) {
    super(message);
    this.code = code;
    this.path = path;
  }

  static corrupt(path: string, offset: number, detail: string): WalError {
    return new WalError(
      'corrupt',
      path,
      `the log is damaged: ${path} at byte ${offset}: ${detail}. What was durable there is lost on ` +
        'this member, so it must not go on: check its disk, then remove the member from the ' +
        'cluster, delete its data folder and add it again, or restore the folder from a copy',
    );
  }

  static wrongFolder(path: string, found: LogIdentity, expected: LogIdentity): WalError {
    const show = ({ clusterId, memberId }: LogIdentity) =>
      `member ${memberId.toString(16)} of cluster ${clusterId.toString(16)}`;
    return new WalError(
      'wrong-folder',
      path,
      `${path} belongs to ${show(found)}, but this is ${show(expected)}: start with the flags that ` +
        'the folder was made with, or give this member an empty data folder',
    );
  }
}
