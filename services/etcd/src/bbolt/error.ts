/** Why a bbolt file cannot be read. */
import type { PageId } from './format.ts';

/**
 * not-bbolt   it has no valid meta page: another kind of file, or its beginning is lost
 * truncated   its end is missing
 * damaged     a page says what cannot be
 */
export type BboltErrorCode = 'not-bbolt' | 'truncated' | 'damaged';

export class BboltError extends Error {
  override readonly name = 'BboltError';
  readonly code: BboltErrorCode;
  /** Where the damage shows; undefined when it is the whole file. */
  readonly page: PageId | undefined;

  constructor(code: BboltErrorCode, message: string, page?: PageId) {
    super(message);
    this.code = code;
    this.page = page;
  }

  static damaged(page: PageId, what: string): BboltError {
    return new BboltError('damaged', `page ${page}: ${what}`, page);
  }
}
