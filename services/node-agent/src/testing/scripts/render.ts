/** A pod's status as lines of text, so that scripts show what changed of it. */
import {
  parseTime,
  type ContainerState,
  type ContainerStatus,
  type PodCondition,
  type PodStatus,
} from '@drydock/api';

/** By what the line is about. @param secondsSince of a wall time, since the script's beginning */
export function renderStatus(
  status: PodStatus,
  secondsSince: (wallTime: number) => string,
): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  const { reason = '', message = '' } = status;
  const why = reason === '' && message === '' ? '' : ` (${reason}: ${message})`;
  lines.set('phase', `${status.phase ?? 'none'}${why}`);
  if (status.podIP !== undefined) lines.set('podIP', status.podIP);
  for (const condition of status.conditions ?? []) {
    lines.set(condition.type, renderCondition(condition));
  }
  const all = [
    ...(status.initContainerStatuses ?? []),
    ...(status.containerStatuses ?? []),
    ...(status.ephemeralContainerStatuses ?? []),
  ];
  for (const one of all) lines.set(`[${one.name}]`, renderContainer(one, secondsSince));
  return lines;
}

function renderCondition({ status, reason, message }: PodCondition): string {
  return [
    status,
    ...(reason === undefined ? [] : [reason]),
    ...(message ? [`(${message})`] : []),
  ].join(' ');
}

function renderContainer(one: ContainerStatus, secondsSince: (wallTime: number) => string): string {
  const last = renderState(one.lastState, secondsSince);
  return [
    renderState(one.state, secondsSince),
    ...(one.started === true ? ['started'] : []),
    ...(one.ready ? ['ready'] : []),
    ...(one.restartCount > 0 ? [`restarts=${one.restartCount}`] : []),
    ...(last === '' ? [] : [`last: ${last}`]),
  ].join(', ');
}

function renderState(
  state: ContainerState | undefined,
  secondsSince: (wallTime: number) => string,
): string {
  const at = (time: string | undefined) =>
    time === undefined ? '?' : secondsSince(parseTime(time));
  const said = (message: string | undefined) =>
    message === undefined || message === '' ? '' : ` ${JSON.stringify(message)}`;
  if (state?.waiting !== undefined) {
    return `waiting ${state.waiting.reason}${said(state.waiting.message)}`;
  }
  if (state?.running !== undefined) return `running since ${at(state.running.startedAt)}`;
  if (state?.terminated === undefined) return '';
  const { exitCode, reason, message, startedAt, finishedAt } = state.terminated;
  return `ended ${reason} ${exitCode}${said(message)} (${at(startedAt)} to ${at(finishedAt)})`;
}
