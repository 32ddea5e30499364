/** binding, eviction, scale, token, log and streams over REST. */
import {
  applyMediaType,
  badRequestError,
  bindings,
  bodyBytesMax,
  methodNotAllowedError,
  pods,
  successStatus,
  type Binding,
  type Eviction,
  type Scale,
  type TokenRequest,
} from '@drydock/api';
import type { Clock } from '@drydock/ports';
import { parseDeleteOptions } from '../registry/delete-options.ts';
import type { Registry } from '../registry/registry.ts';
import { bindPod } from '../registry/subresources/binding.ts';
import { evictPod } from '../registry/subresources/eviction.ts';
import { patchScale, scaleOf, scaleType, updateScale } from '../registry/subresources/scale.ts';
import { tokenRequestType, type TokenIssuer } from '../registry/subresources/token.ts';
import { contentTypes, renderStatus } from './bodies.ts';
import { readScaleApply } from './apply.ts';
import { bodyReader, readTypedBody } from './body.ts';
import type { LogHandler } from './log-handler.ts';
import type { Action } from './action.ts';
import { renderingOf } from './resource-handler.ts';
import { renderScaleTable } from './scale-table.ts';
import type { StreamHandler } from './streams/stream-handler.ts';
import { patchTypeOf } from './write-options.ts';

export interface SubresourceHandlerOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly handleLog: LogHandler;
  readonly tokens: TokenIssuer;
  readonly handleStream: StreamHandler;
}

export function createSubresourceHandler(options: SubresourceHandlerOptions) {
  const { registry, clock } = options;

  const bind = async (action: Action) => {
    requireVerb(action, 'create');
    const type = { apiVersion: 'v1', schema: 'Binding' } as const;
    const binding = (await readTypedBody(
      action.exchange,
      type,
      action.write,
    )) as unknown as Binding;
    requireName(action, binding.metadata.name);
    await bindPod(options, action.target, binding, action.write);
    sendSuccess(action);
  };
  /** As above, and the body names the pod. */
  const bindNamed = async (action: Action) => {
    if (action.verb !== 'create' || action.path.name !== '') {
      throw methodNotAllowedError(action.kind, action.verb);
    }
    const read = await bodyReader(action.exchange, bindings, action.write);
    const binding = read() as Binding;
    const { namespace } = action.target;
    if ((binding.metadata.namespace ?? namespace) !== namespace) {
      throw badRequestError(
        'the namespace of the provided object does not match the namespace sent on the request',
      );
    }
    const target = { kind: pods, namespace, name: binding.metadata.name };
    await bindPod(options, target, binding, action.write);
    sendSuccess(action);
  };
  const evict = async (action: Action) => {
    requireVerb(action, 'create');
    const type = { apiVersion: 'policy/v1', schema: 'Eviction' } as const;
    const body = (await readTypedBody(action.exchange, type, action.write)) as unknown as Eviction;
    requireName(action, body.metadata?.name);
    const ask = parseDeleteOptions(body.deleteOptions ?? {});
    const dryRun = action.write.dryRun || ask.dryRun;
    await evictPod(options, { target: action.target, ask, write: { ...action.write, dryRun } });
    sendSuccess(action);
  };
  const scale = async (action: Action) => {
    const { target, write, exchange, verb } = action;
    switch (verb) {
      case 'get': {
        const object = await registry.get(target, 'consistent');
        return sendScale(action, scaleOf(target.kind, object.parse()), clock);
      }
      case 'update': {
        const wanted = (await readTypedBody(exchange, scaleType, write)) as unknown as Scale;
        requireName(action, wanted.metadata.name);
        return sendScale(
          action,
          await updateScale(options, target, { make: () => wanted }, write),
          clock,
        );
      }
      case 'patch': {
        const mediaType = patchTypeOf(exchange);
        if (mediaType === applyMediaType) {
          const ask = await readScaleApply(clock, action);
          return sendScale(action, await updateScale(options, target, ask, write), clock);
        }
        const body = (await exchange.readBody(bodyBytesMax)).toString();
        const make = (current: Scale) => patchScale(current, { mediaType, body }, write);
        return sendScale(action, await updateScale(options, target, { make }, write), clock);
      }
      default:
        throw methodNotAllowedError(target.kind, verb);
    }
  };

  const issue = async (action: Action) => {
    const { target, write, exchange, respond } = action;
    requireVerb(action, 'create');
    const body = await readTypedBody(exchange, tokenRequestType, write);
    const issued = await options.tokens.issue(target, body as unknown as TokenRequest, write);
    respond(201, 'application/json', `${JSON.stringify(issued)}\n`, write.warnings);
  };

  return async (action: Action): Promise<void> => {
    const { subresource } = action.path;
    if (action.kind === bindings) return bindNamed(action);
    switch (subresource) {
      case 'binding':
        return bind(action);
      case 'eviction':
        return evict(action);
      case 'scale':
        return scale(action);
      case 'token':
        return issue(action);
      case 'log':
        requireVerb(action, 'get');
        return options.handleLog(action);
      default:
        return options.handleStream(action);
    }
  };
}

function requireVerb(action: Action, verb: string): void {
  if (action.verb !== verb) throw methodNotAllowedError(action.kind, action.verb);
}

function requireName({ path }: Action, name: string | undefined): void {
  if (name === undefined || name === '' || name === path.name) return;
  throw badRequestError(
    `the name of the object (${name}) does not match the name on the URL (${path.name})`,
  );
}

function sendSuccess(action: Action): void {
  const status = { ...successStatus(), code: 201 };
  action.respond(201, 'application/json', renderStatus(status), action.write.warnings);
}

function sendScale(action: Action, scale: Scale, clock: Clock): void {
  const rendering = renderingOf(action, clock);
  const isTable = rendering.form === 'table';
  const text = isTable ? renderScaleTable(scale, rendering) : JSON.stringify(scale);
  const type = contentTypes[isTable ? 'table' : 'json'];
  action.respond(200, type, `${text}\n`, action.write.warnings);
}
