/** PodTemplate: a pod as it could be made, kept for later. */
import {
  bumpGeneration,
  column,
  defineKind,
  nameColumn,
  startGeneration,
} from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import type { PodTemplate } from '../../generated/types.ts';
import { formatLabels } from '../../label-selector.ts';
import { setPodSpecDefaults } from '../pods/defaults.ts';
import { containerCells, validatePodTemplate } from '../shared/workload.ts';
import { isRespecified, templateWarnings } from '../shared/template-warnings.ts';

export const podTemplates = defineKind<PodTemplate>({
  kind: 'PodTemplate',
  resource: 'podtemplates',
  description: 'A PodTemplate describes pods that could be made.',
  setDefaults({ template }) {
    if (template !== undefined) setPodSpecDefaults(template.spec);
  },
  prepareForCreate: startGeneration,
  prepareForUpdate(object, old) {
    if (!deepEqual(object.template, old.template)) bumpGeneration(object);
  },
  validate: ({ template = { spec: { containers: [] } } }) =>
    validatePodTemplate(template, 'template'),
  warningsOnCreate: ({ template }) => templateWarnings(template, 'template'),
  warningsOnUpdate: (object, old) =>
    isRespecified(object, old) ? templateWarnings(object.template, 'template') : [],
  columns: [
    nameColumn,
    column('Containers', 'The names of its containers.'),
    column('Images', 'The images of its containers.'),
    column('Pod Labels', 'The labels that its pods would have.'),
  ],
  cells: ({ metadata, template }) => [
    metadata.name,
    ...containerCells(template),
    formatLabels(template?.metadata?.labels),
  ],
});
