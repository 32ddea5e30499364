/** gRPC's health service: Check, and Watch of what Check would say. */
import {
  HealthCheckRequest,
  HealthCheckResponse,
  ServingStatus,
  type ServingStatus as Status,
} from '@drydock/proto/etcd';
import type { Failure } from '../mvcc/failure.ts';
import type { MemberCore } from './core.ts';
import type { Answer, GrpcMethods, MessageBytes, MessageStream } from './grpc.ts';
import type { ServingState } from './serving-status.ts';

const unknownService: Failure = { kind: 'failure', code: 5, message: 'unknown service' };
/** Cluster milliseconds between two looks at what nobody announces, for those who watch. */
const lookInterval = 500;

/** `services` are those that have a status of their own beside the server as a whole. */
export function createHealthService(
  core: MemberCore,
  serving: ServingState,
  services: readonly string[],
): GrpcMethods {
  const known = new Set(['', ...services]);

  const check = (bytes: MessageBytes): Answer => {
    const { service } = HealthCheckRequest.decode(bytes);
    if (!known.has(service)) return unknownService;
    return HealthCheckResponse.encode({ status: serving.statusOf(service) });
  };

  const watch = (stream: MessageStream): void => {
    let forget = () => {};
    stream.onClose(() => forget());
    stream.onMessage((bytes) => {
      const { service } = HealthCheckRequest.decode(bytes);
      let last: Status | undefined;
      const tell = () => {
        const status = known.has(service)
          ? serving.statusOf(service)
          : ServingStatus.serviceUnknown;
        if (status === last) return;
        last = status;
        stream.send(HealthCheckResponse.encode({ status }));
      };
      // A leader is announced, the promotion of a learner is not.
      const look = () => {
        tell();
        timer = core.clock.setTimer(lookInterval, look);
      };
      let timer = core.clock.setTimer(lookInterval, look);
      const removals = [serving.onChange(tell), core.replica.onLeaderChange(tell)];
      forget();
      forget = () => {
        timer.cancel();
        for (const remove of removals) remove();
      };
      tell();
    });
  };

  return {
    unary: { '/grpc.health.v1.Health/Check': check },
    streams: { '/grpc.health.v1.Health/Watch': watch },
  };
}
