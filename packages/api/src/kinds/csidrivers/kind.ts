/** CSIDriver: what a storage driver needs of the cluster. */
import { ageColumn, bumpGeneration, column, defineKind, nameColumn } from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import { duplicate, invalid, notSupported, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { CSIDriver, CSIDriverSpec } from '../../generated/types.ts';
import { goStrings } from '../../go-literal.ts';
import { isImmutable, validateImmutable } from '../../metadata.ts';
import { age } from '../../time.ts';
import { validateOptionalEnum } from '../shared/enum-validation.ts';

const lifecycleModes = ['Ephemeral', 'Persistent'];
const fsGroupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType'];
const tokenSecondsMin = 600;
const tokenSecondsMax = 2 ** 32;

/** Its path is upstream's, which differs from the field's name. */
const attachField = 'spec.attachedRequired';

function validateTokenRequests(requests: NonNullable<CSIDriverSpec['tokenRequests']>) {
  const audiences = new Set<string>();
  return requests.flatMap(({ audience, expirationSeconds: seconds }, index) => {
    const at = `spec.tokenRequests[${index}]`;
    if (audiences.has(audience)) return [duplicate(`${at}.audience`, audience)];
    audiences.add(audience);
    if (seconds === undefined) return [];
    const refuse = (why: string) => [invalid(`${at}.expirationSeconds`, seconds, why)];
    if (seconds < tokenSecondsMin) {
      return refuse('may not specify a duration less than 10 minutes');
    }
    return seconds > tokenSecondsMax
      ? refuse('may not specify a duration larger than 2^32 seconds')
      : [];
  });
}

function validateDriver({ spec }: CSIDriver): FieldError[] {
  const needed = (value: unknown, field: string) => (value === undefined ? [required(field)] : []);
  const modesField = 'spec.volumeLifecycleModes';
  return [
    ...needed(spec.attachRequired, attachField),
    ...needed(spec.podInfoOnMount, 'spec.podInfoOnMount'),
    ...needed(spec.storageCapacity, 'spec.storageCapacity'),
    ...validateOptionalEnum('spec.fsGroupPolicy', spec.fsGroupPolicy, fsGroupPolicies),
    ...validateTokenRequests(spec.tokenRequests ?? []),
    ...(spec.volumeLifecycleModes ?? [])
      .filter((mode) => !lifecycleModes.includes(mode))
      .map((mode) => notSupported(modesField, mode, lifecycleModes)),
    ...needed(spec.seLinuxMount, 'spec.seLinuxMount'),
  ];
}

export const csiDrivers = defineKind<CSIDriver>({
  group: 'storage.k8s.io',
  kind: 'CSIDriver',
  resource: 'csidrivers',
  description: 'A CSIDriver tells what a storage driver needs of the cluster.',
  namespaced: false,
  allowUnconditionalUpdate: false,
  setDefaults({ spec }) {
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType';
    if ((spec.volumeLifecycleModes ?? []).length === 0) spec.volumeLifecycleModes = ['Persistent'];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },
  prepareForUpdate(driver, old) {
    if (!deepEqual(driver.spec, old.spec)) bumpGeneration(driver);
  },
  validate: validateDriver,
  validateUpdate({ spec }, { spec: old }) {
    const errors = validateImmutable(attachField, spec.attachRequired, old.attachRequired);
    const modes = spec.volumeLifecycleModes;
    if (deepEqual(modes, old.volumeLifecycleModes)) return errors;
    return [...errors, invalid('spec.volumeLifecycleModes', goModes(modes), isImmutable)];
  },
  columns: [
    nameColumn,
    column('AttachRequired', 'Whether volumes are attached before they are mounted.', {
      type: 'boolean',
    }),
    column('PodInfoOnMount', 'Whether the driver is told of the pod.', { type: 'boolean' }),
    column('StorageCapacity', 'Whether the scheduler looks at the capacity that is left.', {
      type: 'boolean',
    }),
    column('TokenRequests', 'For whom the driver wants tokens of the pod.'),
    column('RequiresRepublish', 'Whether the driver is called again and again.', {
      type: 'boolean',
    }),
    column('Modes', 'Whether its volumes are persistent, or live and die with a pod.'),
    ageColumn,
  ],
  cells: ({ metadata, spec }, wallTime) => [
    metadata.name,
    spec.attachRequired ?? true,
    spec.podInfoOnMount ?? false,
    spec.storageCapacity ?? false,
    spec.tokenRequests?.map(({ audience }) => audience).join(',') ?? '<unset>',
    spec.requiresRepublish ?? false,
    spec.volumeLifecycleModes?.join(',') || '<none>',
    age(metadata.creationTimestamp, wallTime),
  ],
});

function goModes(modes: readonly string[] | undefined) {
  const { goLiteral } = goStrings(modes);
  return { goLiteral: goLiteral.replace('[]string', '[]storage.VolumeLifecycleMode') };
}
