/** Variables and ports of containers that are there twice. */
import type { ContainerPort, EnvVar } from '../../../generated/types.ts';

/** A variable may build on the one before it (`PATH=/a:$(PATH)`); anything else hides that one. */
export function envWarnings(env: readonly EnvVar[], field: string): string[] {
  const seen = new Set<string>();
  return env.flatMap(({ name, value = '', valueFrom }, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const reference = `$(${name})`;
    const builds = valueFrom === undefined && value !== reference && value.includes(reference);
    if (builds) return [];
    return [
      `${field}[${index}]: hides previous definition of "${name}", which may be dropped when using apply`,
    ];
  });
}

interface Ports {
  readonly ports: readonly ContainerPort[] | undefined;
  readonly field: string;
}

interface PlacedPort {
  readonly field: string;
  readonly hostIP: string;
  readonly hostPort: number;
}

/** Of all containers of a pod together, which share its address. */
export function portWarnings(containers: readonly Ports[]): string[] {
  const known = new Map<string, PlacedPort[]>();
  return containers.flatMap(({ ports = [], field }) =>
    ports.flatMap(
      ({ name = '', containerPort, protocol = '', hostIP = '', hostPort = 0 }, index) => {
        const port = { field: `${field}[${index}]`, hostIP, hostPort };
        const key = `${containerPort}/${protocol}`;
        const others = known.get(key) ?? [];
        const warnings = others.flatMap((other) => {
          const clash = clashOf(port, other);
          return clash === undefined ? [] : [`${port.field}: ${clash} with ${other.field}`];
        });
        known.set(key, [...others, port]);
        if (hostIP === '' || hostPort !== 0) return warnings;
        const shown = `{Name:${name} HostPort:0 ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
        return [`${port.field}: hostIP set without hostPort: ${shown}`, ...warnings];
      },
    ),
  );
}

/** Of two ports with the same number and protocol. */
function clashOf(port: PlacedPort, other: PlacedPort): string | undefined {
  if (port.hostIP === other.hostIP && port.hostPort === other.hostPort) {
    return 'duplicate port definition';
  }
  if (port.hostPort === 0 || other.hostPort === 0) return 'overlapping port definition';
  const isAmbiguous = (port.hostIP === '') !== (other.hostIP === '');
  if (port.hostPort !== other.hostPort || !isAmbiguous) return undefined;
  return 'dangerously ambiguous port definition';
}
