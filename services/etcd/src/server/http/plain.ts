/** Plain HTTP as handlers see it: a request whole, an answer whole, whatever version of HTTP carries them. */

export interface PlainRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: URL;
}

export interface PlainReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Undefined for paths that are another's. */
export type PlainHandler = (request: PlainRequest) => Promise<PlainReply | undefined>;

const textType = 'text/plain; charset=utf-8';

export const reply = (status: number, type: string, body: string): PlainReply => ({
  status,
  headers: { 'content-type': type },
  body,
});

export const textReply = (body: string): PlainReply => reply(200, textType, body);

/** An error as Go's http.Error writes it. */
export const errorReply = (status: number, message: string): PlainReply => ({
  status,
  headers: { 'content-type': textType, 'x-content-type-options': 'nosniff' },
  body: `${message}\n`,
});

export const notFound = errorReply(404, '404 page not found');

/** For what can only be read; undefined when it is. */
export function refuseOtherThanGet({ method }: PlainRequest): PlainReply | undefined {
  if (method === 'GET') return undefined;
  const refused = errorReply(405, 'Method Not Allowed');
  return { ...refused, headers: { ...refused.headers, allow: 'GET' } };
}

/** The values of a query parameter, the empty ones left out. */
export const querySet = ({ url }: PlainRequest, name: string): ReadonlySet<string> =>
  new Set(url.searchParams.getAll(name).filter((value) => value !== ''));
