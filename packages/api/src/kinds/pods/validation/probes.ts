/** Probes and lifecycle hooks: one handler each. */
import { forbidden, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  HTTPGetAction,
  IntOrString,
  LifecycleHandler,
  Probe,
  ProbeHandler,
} from '../../../generated/types.ts';
import { problemsAt, validateNotNegative } from '../../../metadata.ts';
import { portNameProblems, portNumberProblems } from '../../../names.ts';
import { validateEnum } from '../../shared/enum-validation.ts';

const headerNamePattern = /^[-A-Za-z0-9]+$/;

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
  errors.push(...validateEnum(`${field}.scheme`, action.scheme, ['HTTP', 'HTTPS']));
  for (const { name } of action.httpHeaders ?? []) {
    if (headerNamePattern.test(name)) continue;
    const why =
      "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')";
    errors.push(invalid(`${field}.httpHeaders`, name, why));
  }
  return errors;
}

type Handler = ProbeHandler & LifecycleHandler;

function validateHandler(handler: Handler, field: string): FieldError[] {
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
  if (sleep !== undefined && !isFurther('sleep') && sleep.seconds < 0) {
    errors.push(invalid(`${field}.sleep`, sleep.seconds, 'must be greater than or equal to 0'));
  }
  if (count === 0) errors.push(required(field, 'must specify a handler type'));
  return errors;
}

export function validateProbe(
  probe: Probe | undefined,
  field: string,
  options: { readonly mustSucceedOnce: boolean; readonly mayEndPod: boolean },
): FieldError[] {
  if (probe === undefined) return [];
  const errors = validateHandler(probe, field);
  for (const key of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const) {
    errors.push(...validateNotNegative(`${field}.${key}`, probe[key]));
  }
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && !options.mayEndPod) {
    const why = 'must not be set for readinessProbes';
    errors.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, why));
  } else if (grace !== undefined && grace <= 0) {
    errors.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'));
  }
  if (options.mustSucceedOnce && probe.successThreshold !== 1) {
    errors.push(invalid(`${field}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'));
  }
  return errors;
}

export function validateHook(handler: LifecycleHandler | undefined, field: string): FieldError[] {
  return handler === undefined ? [] : validateHandler(handler, field);
}
