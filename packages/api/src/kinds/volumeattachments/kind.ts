/** VolumeAttachment: that a volume shall be attached to a node, and whether it is. */
import { ageColumn, column, defineKind, nameColumn, statusSubresource } from '../../define-kind.ts';
import { forbidden, required, tooLong } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type {
  VolumeAttachment,
  VolumeAttachmentSource,
  VolumeAttachmentStatus,
  VolumeError,
} from '../../generated/types.ts';
import { defaultNameProblems, problemsAt, utf8Length, validateImmutable } from '../../metadata.ts';
import { age } from '../../time.ts';
import { validateCSIDriverName } from '../shared/csi-driver-name.ts';
import { validateInlineVolumeSpec } from '../shared/persistent-volume-spec.ts';

const metadataBytesMax = 256 * 1024;
const messageBytesMax = 1024;

function validateSource(source: VolumeAttachmentSource, field: string): FieldError[] {
  const { inlineVolumeSpec, persistentVolumeName } = source;
  const oneOf = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (inlineVolumeSpec !== undefined) {
    return persistentVolumeName === undefined
      ? validateInlineVolumeSpec(inlineVolumeSpec, `${field}.inlineVolumeSpec`)
      : [forbidden(field, oneOf)];
  }
  if (persistentVolumeName === undefined) return [required(field, oneOf)];
  const why = 'must specify non empty persistentVolumeName';
  return persistentVolumeName === '' ? [required(`${field}.persistentVolumeName`, why)] : [];
}

function validateError(error: VolumeError | undefined, field: string): FieldError[] {
  const bytes = utf8Length(error?.message ?? '');
  // The limit that upstream names in the message is the other one.
  return bytes > messageBytesMax ? [tooLong(`${field}.message`, metadataBytesMax)] : [];
}

function validateStatus(status: VolumeAttachmentStatus): FieldError[] {
  let bytes = 0;
  for (const [key, value] of Object.entries(status.attachmentMetadata ?? {})) {
    bytes += utf8Length(key) + utf8Length(value);
  }
  return [
    ...(bytes > metadataBytesMax ? [tooLong('status.attachmentMetadata', metadataBytesMax)] : []),
    ...validateError(status.attachError, 'status.attachError'),
    ...validateError(status.detachError, 'status.detachError'),
  ];
}

function validateAttachment({ spec, status }: VolumeAttachment): FieldError[] {
  const name = spec.source.persistentVolumeName;
  const nameProblems = name === undefined ? [] : defaultNameProblems(name);
  return [
    ...(spec.attacher === '' ? [required('spec.attacher')] : []),
    ...validateSource(spec.source, 'spec.source'),
    ...problemsAt('spec.nodeName', spec.nodeName, defaultNameProblems(spec.nodeName)),
    ...validateStatus(status),
    ...validateCSIDriverName(spec.attacher, 'spec.attacher'),
    ...problemsAt('spec.source.persistentVolumeName', name, nameProblems),
  ];
}

export const volumeAttachments = defineKind<VolumeAttachment>({
  group: 'storage.k8s.io',
  kind: 'VolumeAttachment',
  resource: 'volumeattachments',
  description: 'A VolumeAttachment asks a driver to attach a volume to a node.',
  namespaced: false,
  allowUnconditionalUpdate: false,
  subresources: [statusSubresource({ group: 'storage.k8s.io', kind: 'VolumeAttachment' })],
  prepareForCreate(attachment) {
    attachment.status = { attached: false };
  },
  prepareForUpdate(attachment, old) {
    attachment.status = old.status;
  },
  validate: validateAttachment,
  validateUpdate: (attachment, old) => validateImmutable('spec', attachment.spec, old.spec),
  validateStatusUpdate: validateAttachment,
  columns: [
    nameColumn,
    column('Attacher', 'The driver that attaches it.'),
    column('PV', 'The volume.'),
    column('Node', 'The node.'),
    column('Attached', 'Whether it is attached.', { type: 'boolean' }),
    ageColumn,
  ],
  cells: ({ metadata, spec, status }, wallTime) => [
    metadata.name,
    spec.attacher,
    spec.source.persistentVolumeName ?? '',
    spec.nodeName,
    status.attached,
    age(metadata.creationTimestamp, wallTime),
  ],
});
