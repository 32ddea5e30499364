/** A request for objects on its way to the registry. */
import type { KindDefinition } from '@drydock/api';
import type { Subject } from '../authz/subject.ts';
import type { Target, WriteOptions } from '../registry/requests.ts';
import type { Exchange } from './exchange.ts';
import type { ResourcePath } from './path.ts';
import type { Respond } from './respond.ts';

export interface ResourceRequest {
  readonly exchange: Exchange;
  readonly respond: Respond;
  readonly path: ResourcePath;
  readonly query: URLSearchParams;
  readonly verb: string;
  readonly user: Subject;
}

/** Changes of one kind of object, not of another: what a request acts on, found by its path. */
export interface Action extends ResourceRequest {
  readonly kind: KindDefinition;
  readonly target: Target;
  readonly write: WriteOptions;
}
