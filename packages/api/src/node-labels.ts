/**
 * The labels that a node may give itself. By labels pods choose their node, so those that say what a node
 * is for are not its own to write. Pure. Source: upstream's noderestriction, kubeletapis.IsKubeletLabel.
 */

const ownLabels: ReadonlySet<string> = new Set([
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
]);
const ownDomains = ['kubelet.kubernetes.io', 'node.kubernetes.io'];
const kubernetesDomains = ['kubernetes.io', 'k8s.io'];
/** For those who run the cluster: a node never writes these. */
const restrictedDomains = ['node-restriction.kubernetes.io'];

const isIn = (domain: string, domains: readonly string[]) =>
  domains.some((one) => domain === one || domain.endsWith(`.${one}`));

function mayWrite(label: string): boolean {
  const slash = label.indexOf('/');
  const domain = slash < 0 ? '' : label.slice(0, slash);
  if (isIn(domain, restrictedDomains)) return false;
  if (!isIn(domain, kubernetesDomains)) return true;
  return ownLabels.has(label) || isIn(domain, ownDomains);
}

type Labels = Readonly<Record<string, string>>;

/** Those that would change and are not the node's to write, in order. */
export function forbiddenLabels(labels: Labels, old: Labels): string[] {
  return [...new Set([...Object.keys(labels), ...Object.keys(old)])]
    .filter((label) => labels[label] !== old[label] && !mayWrite(label))
    .sort();
}
