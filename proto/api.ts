/** The component API (drydock/api.proto), its messages and methods. */
import type { ObjectApiDefinition } from './generated/drydock/api/v1/ObjectApi.ts';
import { contract } from './generated/api-contract.ts';
import { serviceOf } from './contract.ts';

export const objectApi = serviceOf(
  contract,
  'drydock.api.v1.ObjectApi',
) as unknown as ObjectApiDefinition;

export type { DeleteRequest__Output as DeleteRequest } from './generated/drydock/api/v1/DeleteRequest.ts';
export type { GetRequest__Output as GetRequest } from './generated/drydock/api/v1/GetRequest.ts';
export type { ListRequest__Output as ListRequest } from './generated/drydock/api/v1/ListRequest.ts';
export type { ListResponse__Output as ListResponse } from './generated/drydock/api/v1/ListResponse.ts';
export type { Object__Output as ApiObject } from './generated/drydock/api/v1/Object.ts';
export type { ObjectApiHandlers } from './generated/drydock/api/v1/ObjectApi.ts';
export type { PatchRequest__Output as PatchRequest } from './generated/drydock/api/v1/PatchRequest.ts';
export type { Reference__Output as Reference } from './generated/drydock/api/v1/Reference.ts';
export type { WatchEvent__Output as WatchEvent } from './generated/drydock/api/v1/WatchEvent.ts';
export type { WatchRequest__Output as WatchRequest } from './generated/drydock/api/v1/WatchRequest.ts';
export type { WriteRequest__Output as WriteRequest } from './generated/drydock/api/v1/WriteRequest.ts';
