/**
 * Loads a service of the CRI from its .proto file: only an agent on a CRI runtime does. 64-bit integers arrive as numbers: resource versions stay
 * far below 2^53, and so does everything else these contracts carry.
 */
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';

export function loadService(file: string, service: string): ServiceDefinition {
  const definition = loadSync(file, {
    includeDirs: [import.meta.dirname],
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  })[service];
  if (definition === undefined) throw new Error(`${file} defines no service ${service}`);
  return definition as ServiceDefinition;
}
