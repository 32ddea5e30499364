/** Probes and lifecycle hooks: one handler each. */
import { forbidden, invalid, notSupported, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  HTTPGetAction,
  IntOrString,
  Lifecycle,
  LifecycleHandler,
  Probe,
  ProbeHandler,
} from '../../../generated/types.ts';
import { problemsAt, validateNotNegative } from '../../../metadata.ts';
import { portNameProblems, portNumberProblems } from '../../../names.ts';

const headerNamePattern = /^[-A-Za-z0-9]+$/;
const schemes = ['HTTP', 'HTTPS'];

export function validatePort(port: IntOrString, field: string): FieldError[] {
  return problemsAt(
    field,
    port,
    typeof port === 'number' ? portNumberProblems(port) : portNameProblems(port),
  );
}

function validateHttpGet(action: HTTPGetAction, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if ((action.path ?? '') === '') errors.push(required(`${field}.path`));
  errors.push(...validatePort(action.port, `${field}.port`));
  const { scheme = '' } = action;
  if (!schemes.includes(scheme)) errors.push(notSupported(`${field}.scheme`, scheme, schemes));
  for (const { name } of action.httpHeaders ?? []) {
    if (headerNamePattern.test(name)) continue;
    const why =
      "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
    errors.push(invalid(`${field}.httpHeaders`, name, why));
  }
  return errors;
}

type Handler = ProbeHandler & LifecycleHandler;

/** @param graceSeconds how long the pod may take to end; undefined where it says nothing sound */
function validateSleep(seconds: number, graceSeconds: number | undefined, field: string) {
  if (graceSeconds === undefined || (seconds > 0 && seconds <= graceSeconds)) return [];
  const why = `must be greater than 0 and less than terminationGracePeriodSeconds (${graceSeconds}). Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.`;
  return [invalid(field, seconds, why)];
}

function validateHandler(
  handler: Handler,
  graceSeconds: number | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  const isFurther = (name: string) => {
    count += 1;
    if (count === 1) return false;
    errors.push(forbidden(`${field}.${name}`, 'may not specify more than 1 handler type'));
    return true;
  };
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  if (exec !== undefined && !isFurther('exec') && (exec.command ?? []).length === 0) {
    errors.push(required(`${field}.exec.command`));
  }
  if (httpGet !== undefined && !isFurther('httpGet')) {
    errors.push(...validateHttpGet(httpGet, `${field}.httpGet`));
  }
  if (tcpSocket !== undefined && !isFurther('tcpSocket')) {
    errors.push(...validatePort(tcpSocket.port, `${field}.tcpSocket.port`));
  }
  if (grpc !== undefined && !isFurther('grpc')) {
    errors.push(...validatePort(grpc.port, `${field}.grpc.port`));
  }
  if (sleep !== undefined && !isFurther('sleep')) {
    errors.push(...validateSleep(sleep.seconds, graceSeconds, `${field}.sleep`));
  }
  if (count === 0) errors.push(required(field, 'must specify a handler type'));
  return errors;
}

interface ProbeRules {
  /** A single success must do. */
  readonly mustSucceedOnce: boolean;
  /** Its failure ends the container, which may then have a grace period of its own. */
  readonly mayEndContainer: boolean;
}

const counts = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

export function validateProbe(probe: Probe, field: string, rules: ProbeRules): FieldError[] {
  const errors = validateHandler(probe, undefined, field);
  for (const key of counts) {
    const count = probe[key] ?? 0;
    if (count < 0) errors.push(...validateNotNegative(`${field}.${key}`, count));
  }
  const grace = probe.terminationGracePeriodSeconds;
  const at = `${field}.terminationGracePeriodSeconds`;
  if (grace !== undefined && grace <= 0) errors.push(invalid(at, grace, 'must be greater than 0'));
  if (grace !== undefined && !rules.mayEndContainer) {
    errors.push(invalid(at, grace, 'must not be set for readinessProbes'));
  }
  if (rules.mustSucceedOnce && probe.successThreshold !== 1) {
    errors.push(invalid(`${field}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'));
  }
  return errors;
}

export function validateLifecycle(
  { postStart, preStop }: Lifecycle,
  graceSeconds: number | undefined,
  field: string,
): FieldError[] {
  return [
    ...(postStart === undefined
      ? []
      : validateHandler(postStart, graceSeconds, `${field}.postStart`)),
    ...(preStop === undefined ? [] : validateHandler(preStop, graceSeconds, `${field}.preStop`)),
  ];
}
