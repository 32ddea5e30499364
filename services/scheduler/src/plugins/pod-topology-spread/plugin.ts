/**
 * Spreads the replicas of one controller over the nodes, as upstream's default constraint does (host
 * name, maxSkew 3, ScheduleAnyway): a preference that never rejects a node.
 *
 * Replicas are told by the controller that owns them; upstream asks for the selectors of the services
 * and controllers, which for replicas of one ReplicaSet comes to the same.
 */
import { scoreMax, type Plugin } from '../../framework/plugin.ts';

interface State {
  readonly group: string;
  /** How much one replica more weighs: grows slowly with the number of nodes. */
  readonly weight: number;
}

const maxSkew = 3;

export const podTopologySpread: Plugin<State> = {
  name: 'PodTopologySpread',
  weight: 2,
  helpedBy: [],
  prepare: ({ spreadGroup }, snapshot) =>
    spreadGroup === ''
      ? 'skip'
      : { group: spreadGroup, weight: Math.log(snapshot.nodes.length + 2) },
  score: (_pod, node, { group, weight }) =>
    Math.round(node.spreadCount(group) * weight + (maxSkew - 1)),
  normalize: (scores) => {
    let least = Infinity;
    let most = 0;
    for (const score of scores) {
      least = Math.min(least, score);
      most = Math.max(most, score);
    }
    for (let index = 0; index < scores.length; index++) {
      scores[index] = Math.floor((scoreMax * (most + least - scores[index]!)) / most);
    }
  },
};
