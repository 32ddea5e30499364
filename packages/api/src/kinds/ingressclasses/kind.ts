/** IngressClass: who serves the Ingresses that name it. */
import {
  ageColumn,
  bumpGeneration,
  column,
  defineKind,
  nameColumn,
  startGeneration,
} from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import { forbidden, notSupported, required, tooLong } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { IngressClass, IngressClassParametersReference } from '../../generated/types.ts';
import { problemsAt, utf8Length, validateImmutable } from '../../metadata.ts';
import { dns1123LabelProblems } from '../../names.ts';
import { age } from '../../time.ts';
import { validateDomainPrefixedPath } from '../shared/host-names.ts';
import { validateTypedReference } from '../shared/typed-reference.ts';

const controllerBytesMax = 250;
const scopes = ['Cluster', 'Namespace'];
const field = 'spec.parameters';

function validateScope({ scope, namespace }: IngressClassParametersReference): FieldError[] {
  const at = `${field}.namespace`;
  switch (scope) {
    case undefined:
      return [required(`${field}.scope`)];
    case 'Namespace':
      return namespace === undefined
        ? [required(at, "`parameters.scope` is set to 'Namespace'")]
        : problemsAt(at, namespace, dns1123LabelProblems(namespace));
    case 'Cluster':
      return namespace === undefined
        ? []
        : [forbidden(at, "`parameters.scope` is set to 'Cluster'")];
    default:
      return [notSupported(`${field}.scope`, scope, scopes)];
  }
}

function validateClass({ spec: { controller = '', parameters } }: IngressClass): FieldError[] {
  const at = 'spec.controller';
  const errors: FieldError[] =
    utf8Length(controller) > controllerBytesMax ? [tooLong(at, controllerBytesMax)] : [];
  errors.push(...validateDomainPrefixedPath(controller, at));
  if (parameters === undefined) return errors;
  return [...errors, ...validateTypedReference(parameters, field), ...validateScope(parameters)];
}

function parametersCell({ spec: { parameters } }: IngressClass): string {
  if (parameters === undefined) return '<none>';
  const { apiGroup, kind, name } = parameters;
  return `${apiGroup === undefined ? kind : `${kind}.${apiGroup}`}/${name}`;
}

export const ingressClasses = defineKind<IngressClass>({
  group: 'networking.k8s.io',
  kind: 'IngressClass',
  resource: 'ingressclasses',
  description: 'An IngressClass names the controller that serves the Ingresses of a class.',
  namespaced: false,
  setDefaults({ spec }) {
    if (spec.parameters !== undefined) spec.parameters.scope ??= 'Cluster';
  },
  prepareForCreate: startGeneration,
  prepareForUpdate(ingressClass, old) {
    if (!deepEqual(ingressClass.spec, old.spec)) bumpGeneration(ingressClass);
  },
  validate: validateClass,
  validateUpdate: ({ spec }, { spec: old }) =>
    validateImmutable('spec.controller', spec.controller, old.controller),
  columns: [
    nameColumn,
    column('Controller', 'The controller that serves it.'),
    column('Parameters', 'The object that tells the controller more.'),
    ageColumn,
  ],
  cells: (ingressClass, wallTime) => [
    ingressClass.metadata.name,
    ingressClass.spec.controller ?? '',
    parametersCell(ingressClass),
    age(ingressClass.metadata.creationTimestamp, wallTime),
  ],
});
