/** What is beside the resources: version, discovery, OpenID, health, metrics; OpenAPI has a folder. */
import {
  aggregatedDiscovery,
  aggregatedDiscoveryMediaType,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
} from '@drydock/api';
import type { OpenIdDocument } from '../authn/openid.ts';
import { createOpenApiHandler } from '../openapi/handler.ts';
import { parseAccept } from './negotiate.ts';
import type { Respond } from './respond.ts';
import type { MetaRequest } from './meta-request.ts';

const serverVersion = 'v1.32.4';

const versionInfo = {
  major: '1',
  minor: '32',
  gitVersion: `${serverVersion}+drydock`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'node',
  platform: `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`,
};

/**
 * Before kubectl creates what cannot be patched, it asks whether that is a custom resource, and gives up
 * when there is no answer. There are none.
 */
const customResourcesPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const noCustomResources = {
  kind: 'CustomResourceDefinitionList',
  apiVersion: 'apiextensions.k8s.io/v1',
  metadata: { resourceVersion: '1' },
  items: [],
};

/** Undefined is healthy; otherwise the reason. */
export type Check = () => string | undefined;

export interface MetaHandlerOptions {
  /** host:port that clients without aggregated discovery are told. */
  readonly serverAddress: () => string;
  /** By their paths; none when the issuer of tokens is no URL. */
  readonly openId: () => ReadonlyMap<string, OpenIdDocument>;
  readonly livenessChecks: ReadonlyMap<string, Check>;
  readonly readinessChecks: ReadonlyMap<string, Check>;
  readonly metrics: { metrics(): Promise<string>; readonly contentType: string };
}

/** False when nothing is there. */
export type MetaHandler = (request: MetaRequest) => Promise<boolean>;

export function createMetaHandler(options: MetaHandlerOptions): MetaHandler {
  const handleOpenApi = createOpenApiHandler(serverVersion);
  return async (request) => {
    const { path, respond } = request;
    const [root] = path.split('/').slice(1);
    switch (root) {
      case 'version':
        sendJson(respond, versionInfo);
        return true;
      case 'api':
      case 'apis':
        return discover(request, root, options);
      case 'openapi':
        return handleOpenApi(request);
      case '.well-known':
      case 'openid':
        return sendOpenId(request, options);
      case 'livez':
      case 'healthz':
        sendHealth(request, root, options.livenessChecks);
        return true;
      case 'readyz':
        sendHealth(request, root, new Map([...options.livenessChecks, ...options.readinessChecks]));
        return true;
      case 'metrics':
        respond(200, options.metrics.contentType, await options.metrics.metrics());
        return true;
      default:
        return false;
    }
  };
}

function sendJson(respond: Respond, value: unknown): void {
  respond(200, 'application/json', `${JSON.stringify(value)}\n`);
}

function discover(
  { exchange, respond, path }: MetaRequest,
  root: 'api' | 'apis',
  options: MetaHandlerOptions,
): boolean {
  const words = path
    .split('/')
    .slice(1)
    .filter((word) => word !== '');
  if (words.length === 1) {
    const wanted = aggregatedVersion(exchange.header('accept'));
    if (wanted !== undefined) {
      const body = `${JSON.stringify(aggregatedDiscovery(root, wanted))}\n`;
      respond(200, aggregatedDiscoveryMediaType(wanted), body, [], { vary: 'Accept' });
      return true;
    }
    sendJson(respond, root === 'api' ? apiVersions(options.serverAddress()) : apiGroupList());
    return true;
  }
  if (path === customResourcesPath) {
    sendJson(respond, noCustomResources);
    return true;
  }
  const group = root === 'api' ? '' : words[1]!;
  const version = root === 'api' ? words[1] : words[2];
  if (words.length > (root === 'api' ? 2 : 3)) return false;
  const document = version === undefined ? apiGroup(group) : apiResourceList(group, version);
  if (document === undefined) return false;
  sendJson(respond, document);
  return true;
}

function aggregatedVersion(accept: string | undefined): 'v2' | 'v2beta1' | undefined {
  for (const { type, parameters } of parseAccept(accept ?? '')) {
    if (type !== 'application/json') continue;
    if (parameters.get('as') !== 'APIGroupDiscoveryList') {
      if (parameters.get('as') === undefined) return undefined;
      continue;
    }
    const version = parameters.get('v');
    if (version === 'v2' || version === 'v2beta1') return version;
  }
  return undefined;
}

function sendOpenId({ respond, path }: MetaRequest, { openId }: MetaHandlerOptions): boolean {
  const document = openId().get(path.replace(/\/$/, ''));
  if (document === undefined) return false;
  const headers = { 'cache-control': 'public, max-age=3600' };
  respond(200, document.mediaType, document.text, [], headers);
  return true;
}

function sendHealth(
  { respond, query }: MetaRequest,
  name: string,
  checks: ReadonlyMap<string, Check>,
): void {
  const results = [...checks].map(([check, run]) => ({ check, reason: run() }));
  const isOk = results.every(({ reason }) => reason === undefined);
  const lines = results.map(({ check, reason }) =>
    reason === undefined ? `[+]${check} ok` : `[-]${check} failed: ${reason}`,
  );
  const text = `${lines.join('\n')}\n${name} check ${isOk ? 'passed' : 'failed'}\n`;
  const body = isOk && !query.has('verbose') ? 'ok' : text;
  respond(isOk ? 200 : 500, 'text/plain; charset=utf-8', body);
}
