/** `/openapi/v2` and `/openapi/v3`, in the forms that clients ask for. */
import { createOpenApi, type OpenApiDocument } from '@drydock/api';
import { parseAccept } from '../rest/negotiate.ts';
import type { MetaRequest } from '../rest/meta-request.ts';
import { readDescriptions } from './descriptions.ts';

const protobufType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
/** client-go asks with `@`, which names no media type; the answer carries the proper one. */
const protobufNames = [protobufType, protobufType.replace('.v2.v1.0', '.v2@v1.0')];
const yearMillis = 365 * 86_400_000;

/** False when nothing is there. */
export type OpenApiHandler = (request: MetaRequest) => boolean;

export function createOpenApiHandler(serverVersion: string): OpenApiHandler {
  const openApi = createOpenApi({ serverVersion, descriptions: readDescriptions() });
  return (request) => {
    const { respond, path } = request;
    if (path === '/openapi/v2') {
      const document = openApi.v2();
      if (wantsProtobuf(request.exchange.header('accept'))) {
        sendDocument(request, document, protobufType, () => openApi.v2Protobuf());
      } else sendDocument(request, document, 'application/json', () => document.text);
      return true;
    }
    if (path === '/openapi/v3' || path === '/openapi/v3/') {
      respond(200, 'application/json', `${JSON.stringify(openApi.v3Index())}\n`);
      return true;
    }
    const words = path.split('/').slice(3);
    const [group, version] = words[0] === 'api' ? ['', words[1]] : [words[1], words[2]];
    if (group === undefined || version === undefined) return false;
    const document = openApi.v3(group, version);
    if (document === undefined) return false;
    sendDocument(request, document, 'application/json', () => document.text);
    return true;
  };
}

function wantsProtobuf(accept: string | undefined): boolean {
  const first = parseAccept(accept ?? '').find(
    ({ type }) => protobufNames.includes(type) || type === 'application/json' || type === '*/*',
  );
  return first !== undefined && protobufNames.includes(first.type);
}

function sendDocument(
  { exchange, respond, query }: MetaRequest,
  document: OpenApiDocument,
  type: string,
  body: () => string | Uint8Array,
): void {
  const etag = `"${document.hash}"`;
  // With the hash in its address a document never changes, so clients may keep it.
  const isNamed = query.get('hash') === document.hash;
  const headers = {
    etag,
    vary: 'Accept',
    ...(isNamed
      ? { 'cache-control': 'public', expires: new Date(Date.now() + yearMillis).toUTCString() }
      : {}),
  };
  if (exchange.header('if-none-match') === etag) respond(304, type, '', [], headers);
  else respond(200, type, body(), [], headers);
}
