/**
 * Variables that tell a container the addresses of its namespace's services (kubelet's envvars
 * package), and those of the service `kubernetes` in every namespace.
 */
import type { Service } from '@drydock/api';

export function serviceVariables(
  services: readonly Service[],
  { namespace, enableServiceLinks }: { namespace: string; enableServiceLinks: boolean },
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const service of services) {
    const isMaster =
      service.metadata.namespace === 'default' && service.metadata.name === 'kubernetes';
    const isLinked = enableServiceLinks && service.metadata.namespace === namespace;
    if (isMaster || isLinked) Object.assign(variables, variablesOf(service));
  }
  return variables;
}

function variablesOf(service: Service): Record<string, string> {
  const { clusterIP: address = '', ports = [] } = service.spec;
  const first = ports[0];
  if (address === '' || address === 'None' || first === undefined) return {};
  const prefix = screaming(service.metadata.name);
  const url = (port: typeof first) =>
    `${(port.protocol ?? 'TCP').toLowerCase()}://${address}:${port.port}`;
  const variables: Record<string, string> = {
    [`${prefix}_SERVICE_HOST`]: address,
    [`${prefix}_SERVICE_PORT`]: String(first.port),
    [`${prefix}_PORT`]: url(first),
  };
  for (const port of ports) {
    if (port.name !== undefined && port.name !== '') {
      variables[`${prefix}_SERVICE_PORT_${screaming(port.name)}`] = String(port.port);
    }
    const protocol = port.protocol ?? 'TCP';
    const link = `${prefix}_PORT_${port.port}_${protocol}`;
    variables[link] = url(port);
    variables[`${link}_PROTO`] = protocol.toLowerCase();
    variables[`${link}_PORT`] = String(port.port);
    variables[`${link}_ADDR`] = address;
  }
  return variables;
}

const screaming = (name: string) => name.toUpperCase().replaceAll('-', '_');
