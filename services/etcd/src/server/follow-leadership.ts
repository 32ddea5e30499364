/**
 * Leases run while this member leads.
 *
 * A member that begins to lead may still have entries of its predecessor to apply, among them what was
 * left of the leases. It counts from what it knows at once, so that none ends early, and anew when it has
 * applied all of them, which its first linearizable read tells. A renewal in between is not shortened: it
 * clears the checkpoint first, and the lease is counted in full then.
 */
import { linearize, type MemberCore } from './core.ts';

export function followLeadership(core: MemberCore): void {
  const { lessor } = core.state;
  let reign = 0;
  let isReigning = false;
  const promote = () => lessor.promote(core.clock.now(), core.electionTimeout);
  const promoteAgain = async (began: number) => {
    const stale = await linearize(core);
    if (stale === undefined && isReigning && reign === began) promote();
  };
  const follow = () => {
    const isLeading = core.replica.isLeader();
    if (isLeading === isReigning) return;
    isReigning = isLeading;
    reign++;
    if (!isLeading) {
      lessor.demote();
      return;
    }
    promote();
    void promoteAgain(reign);
  };
  core.replica.onLeaderChange(follow);
  follow();
}
