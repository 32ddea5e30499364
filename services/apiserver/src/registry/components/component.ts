/** A part of the control plane, and how it is right now. */

export interface Health {
  readonly status: 'True' | 'False' | 'Unknown';
  /** What it said. */
  readonly message?: string;
  /** Why it could not be asked, or what is wrong. */
  readonly error?: string;
}

export interface Component {
  /** As `kubectl get componentstatuses` names it: `scheduler`, `etcd-0`. */
  readonly name: string;
  /** Never rejects. */
  check(): Promise<Health>;
}

export const healthy: Health = { status: 'True', message: 'ok' };

export const unhealthy = (why: { readonly message?: string; readonly error?: string }): Health => ({
  status: 'False',
  ...why,
});
