/** The apiserver itself as the author of a write. */
import type { WriteOptions } from '../registry/requests.ts';

export const systemWrite = (): WriteOptions => ({
  user: { user: 'system:apiserver', groups: ['system:masters'] },
  manager: 'kube-apiserver',
  dryRun: false,
  fieldValidation: 'Strict',
  warnings: [],
});
