/** ComponentStatus: how a part of the control plane is. It is found out when somebody asks. */
import { column, defineKind, nameColumn } from '../../define-kind.ts';
import type { ComponentStatus } from '../../generated/types.ts';

export const componentStatuses = defineKind<ComponentStatus>({
  kind: 'ComponentStatus',
  resource: 'componentstatuses',
  description: 'A ComponentStatus tells whether a part of the control plane is healthy.',
  deprecation: 'v1 ComponentStatus is deprecated in v1.19+',
  shortNames: ['cs'],
  namespaced: false,
  verbs: ['get', 'list'],
  columns: [
    nameColumn,
    column('Status', 'Whether it is healthy.'),
    column('Message', 'What it answered.'),
    column('Error', 'Why it did not answer.'),
  ],
  cells({ metadata, conditions }) {
    const health = conditions?.find(({ type }) => type === 'Healthy');
    if (health === undefined) return [metadata.name, 'Unknown', '', ''];
    const { status, message = '', error = '' } = health;
    return [metadata.name, status === 'True' ? 'Healthy' : 'Unhealthy', message, error];
  },
});
