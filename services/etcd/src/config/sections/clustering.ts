/** Section "Clustering": who the others are, and how the members agree. */
import { boolean, choice, hint, list, path, refused, text } from '../flag.ts';

export const clusteringFlags = {
  'initial-advertise-peer-urls': list({
    default: ['http://localhost:2380'],
    help: 'Where other members reach this one.',
  }),
  'initial-cluster': path({
    help: 'All founding members: name=peer URL, separated by commas; this member alone if not given.',
  }),
  'initial-cluster-state': choice(['new', 'existing'], {
    default: 'new',
    help: 'existing: join a cluster that was told of this member (etcdctl member add).',
  }),
  'initial-cluster-token': text({
    default: 'etcd-cluster',
    help: 'Tells clusters with the same addresses apart.',
  }),
  'advertise-client-urls': list({
    default: ['http://localhost:2379'],
    help: 'Where clients reach this member; required when --listen-client-urls is given.',
  }),
  discovery: text({
    default: '',
    help: 'Meet the founding members at a discovery service: the URL of this cluster there.',
  }),
  'discovery-fallback': hint(
    choice(['proxy', 'exit'], { default: 'proxy', help: 'What to do when discovery fails.' }),
    'a member that discovery leaves out ends with an error: there is no proxy for the API of etcd 2',
  ),
  'discovery-proxy': text({ default: '', help: 'HTTP proxy to the discovery service.' }),
  'discovery-srv': text({
    default: '',
    help: 'Find the founding members in DNS: the domain of their SRV records.',
  }),
  'discovery-srv-name': text({
    default: '',
    help: 'Suffix of the names of those records: _etcd-server-<suffix>.',
  }),
  'strict-reconfig-check': boolean({
    default: true,
    help: 'Refuse changes of membership after which the members that run would be no majority.',
  }),
  'pre-vote': boolean({
    default: true,
    help: 'Ask whether an election can be won before it is begun.',
  }),
  'auto-compaction-retention': text({
    default: '0',
    help: 'History to keep when compacting by itself: hours, a duration, or revisions; 0: do not.',
  }),
  'auto-compaction-mode': text({
    default: 'periodic',
    help: 'What that retention counts: periodic (time) or revision.',
  }),
  'enable-v2': refused(
    boolean({ default: false, help: 'Serve the API of etcd 2.' }),
    'is not served here: the API of etcd 2 is gone from the original too',
  ),
  'v2-deprecation': choice(
    ['not-yet', 'write-only', 'write-only-skip-check', 'write-only-drop-data', 'gone'],
    { default: 'not-yet', help: 'Stage of the end of the v2 store; there is none here.' },
  ),
} as const;
