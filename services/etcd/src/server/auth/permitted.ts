/**
 * Calls and their users, as the services need them: who it is, whether he may, and proposals in his name.
 * While auth is off all of this is one look at a boolean.
 */
import type { MemberCore } from '../core.ts';
import { linearize, propose, proposeAsLeader, proposeMessage } from '../core.ts';
import type { CommandKind, MessageOf } from '../command.ts';
import { commandOf, encodeCommand } from '../command.ts';
import type { CallInfo, MessageBytes } from '../grpc.ts';
import type { ApplyResult } from '../state-machine.ts';
import { authFailures } from '../../auth/failures.ts';
import { nobody, type AuthInfo } from '../../auth/types.ts';
import type { Failure } from '../../mvcc/failure.ts';
import { asRoot } from './apply-auth.ts';

/** The member has to catch up with the cluster before it can know the user. */
export function isAhead(core: MemberCore, call: CallInfo): boolean {
  return core.state.auth.enabled && core.auth.isAhead(call);
}

/** Waits as `isAhead` asks for it; why that failed. */
export async function catchUp(core: MemberCore, call: CallInfo): Promise<Failure | undefined> {
  return isAhead(core, call) ? linearize(core) : undefined;
}

/**
 * Why the user of a call may not do something; undefined when he may, or auth is off. The check, and what
 * it guards, must happen in one go.
 */
export function refuse(
  core: MemberCore,
  call: CallInfo,
  check: (by: AuthInfo) => Failure | undefined,
): Failure | undefined {
  if (!core.state.auth.enabled) return undefined;
  const by = core.auth.identify(call);
  if (by !== undefined && 'kind' in by) return by;
  return check(by ?? nobody);
}

/** Refuses calls that do not say who makes them. */
export function refuseStranger(core: MemberCore, call: CallInfo): Failure | undefined {
  if (!core.state.auth.enabled) return undefined;
  const by = core.auth.identify(call);
  if (by === undefined) return authFailures.userEmpty;
  return 'kind' in by ? by : undefined;
}

/** Refuses everybody who may not manage the cluster. */
export function refuseNonRoot(core: MemberCore, call: CallInfo): Failure | undefined {
  return refuse(core, call, (by) => core.state.auth.refuseRoot(by));
}

/** How often a write is proposed again because auth has changed under it. */
const attemptsMax = 5;

/**
 * Proposes a command for the user of a call. It is checked when it is applied, by the state of then; when
 * auth has changed between, the user is found out anew.
 */
export function proposeAs<Kind extends CommandKind>(
  core: MemberCore,
  call: CallInfo,
  kind: Kind,
  message: MessageOf<Kind>,
): Promise<ApplyResult> {
  if (!core.state.auth.enabled) return propose(core, kind, message);
  return proposeChecked(core, call, encodeCommand(kind, message));
}

/** The same for a message as it came. */
export function proposeMessageAs(
  core: MemberCore,
  call: CallInfo,
  kind: CommandKind,
  message: MessageBytes,
): Promise<ApplyResult> {
  if (!core.state.auth.enabled) return proposeMessage(core, kind, message);
  return proposeChecked(core, call, commandOf(kind, message));
}

async function proposeChecked(
  core: MemberCore,
  call: CallInfo,
  command: Buffer,
): Promise<ApplyResult> {
  let last = -1;
  let result: ApplyResult = authFailures.oldRevision;
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const stale = await catchUp(core, call);
    if (stale !== undefined) return stale;
    const by = core.auth.identify(call) ?? nobody;
    if ('kind' in by) return by;
    // A signed token does not get newer: its owner has to ask for another.
    if (by.revision <= last) return result;
    last = by.revision;
    result = await proposeFor(core, by, command);
    if (result !== authFailures.oldRevision) return result;
  }
  return result;
}

/** Proposes a decision of the leader, which no permission stands in the way of. */
export function proposeAsRoot<Kind extends CommandKind>(
  core: MemberCore,
  kind: Kind,
  message: MessageOf<Kind>,
): Promise<ApplyResult> {
  const { auth } = core.state;
  if (!auth.enabled) return proposeAsLeader(core, kind, message);
  return proposeAsLeader(
    core,
    'authorized',
    authorized(asRoot(auth), encodeCommand(kind, message)),
  );
}

const authorized = ({ user, revision }: AuthInfo, command: Buffer) => ({
  user,
  authRevision: revision,
  command,
});

function proposeFor(core: MemberCore, by: AuthInfo, command: Buffer): Promise<ApplyResult> {
  return propose(core, 'authorized', authorized(by, command));
}
