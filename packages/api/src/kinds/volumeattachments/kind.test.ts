import { describe, expect, test } from 'vitest';
import type { VolumeAttachment } from '../../generated/types.ts';
import { createErrors, created, statusUpdated, updated, wallTime } from '../../testing/writes.ts';
import { volumeAttachments } from './kind.ts';

const base = { attacher: 'example.com', nodeName: 'n', source: { persistentVolumeName: 'v' } };
const errorsOf = (spec: object) => createErrors(volumeAttachments, { spec: { ...base, ...spec } });
const attachment = () => created(volumeAttachments, { spec: base });
const inline = { accessModes: ['ReadWriteOnce'], csi: { driver: 'd', volumeHandle: 'h' } };
const inlineErrors = (spec: object) =>
  errorsOf({ source: { inlineVolumeSpec: { ...inline, ...spec } } });

test('a new VolumeAttachment is not attached, whatever the client says', () => {
  const { status } = created(volumeAttachments, { spec: base, status: { attached: true } });
  expect(status).toEqual({ attached: false });
});

describe('validation of a VolumeAttachment', () => {
  const oneOf = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

  test.each<[string, object, string[]]>([
    ['no source', { source: {} }, [`spec.source: Required value: ${oneOf}`]],
    [
      'two sources',
      { source: { persistentVolumeName: 'v', inlineVolumeSpec: inline } },
      [`spec.source: Forbidden: ${oneOf}`],
    ],
    ['an inline volume', { source: { inlineVolumeSpec: inline } }, []],
  ])('%s', (_what, spec, errors) => {
    expect(errorsOf(spec)).toEqual(errors);
  });

  test('names', () => {
    const domain = 'a lowercase RFC 1123 subdomain must consist of';
    const spec = { attacher: '', nodeName: '', source: { persistentVolumeName: '' } };
    expect(errorsOf(spec)).toEqual([
      'spec.attacher: Required value',
      'spec.source.persistentVolumeName: Required value: must specify non empty persistentVolumeName',
      expect.stringContaining(`spec.nodeName: Invalid value: "": ${domain}`),
      'spec.attacher: Required value',
      expect.stringContaining(`spec.attacher: Invalid value: "": ${domain}`),
      expect.stringContaining(`spec.source.persistentVolumeName: Invalid value: "": ${domain}`),
    ]);
  });

  test.each<[object, string]>([
    [{ claimRef: { name: 'c' } }, 'claimRef: Forbidden: may not be specified'],
    [{ capacity: { storage: '1Gi' } }, 'capacity: Forbidden: may not be specified'],
    [{ storageClassName: 'fast' }, 'storageClassName: Forbidden: may not be specified'],
    [
      { nodeAffinity: { required: { nodeSelectorTerms: [] } } },
      'nodeAffinity: Forbidden: may not be specified',
    ],
    [
      { persistentVolumeReclaimPolicy: 'Delete' },
      'persistentVolumeReclaimPolicy: Forbidden: may only be Retain',
    ],
    [
      { volumeMode: 'Block' },
      'volumeMode: Forbidden: may not specify volumeMode other than Filesystem',
    ],
    [
      { csi: undefined, nfs: { server: 's', path: '/p' } },
      'csi: Required value: has to be specified',
    ],
  ])('an inline volume may not say %j', (spec, error) => {
    const field = 'spec.source.inlineVolumeSpec';
    expect(inlineErrors(spec)).toEqual([`${field}.${error} in the context of inline volumes`]);
  });

  test('an inline volume has access modes and a source', () => {
    expect(inlineErrors({ accessModes: [], csi: undefined })).toEqual([
      'spec.source.inlineVolumeSpec.csi: Required value: has to be specified in the context of inline volumes',
      'spec.source.inlineVolumeSpec.accessModes: Required value',
      'spec.source.inlineVolumeSpec: Required value: must specify a volume type',
    ]);
  });
});

describe('updates of a VolumeAttachment', () => {
  test('the spec stays, and so does the status', () => {
    const { object, errors } = updated(volumeAttachments, attachment(), ({ spec, status }) => {
      spec.nodeName = 'm';
      status.attached = true;
    });
    expect(errors).toEqual([
      'spec: Invalid value: {"attacher":"example.com","nodeName":"m","source":{"persistentVolumeName":"v"}}: field is immutable',
    ]);
    expect(object.status).toEqual({ attached: false });
  });

  test('a status update changes the status alone', () => {
    const old = attachment();
    const { object, errors } = statusUpdated(volumeAttachments, old, (now) => {
      now.metadata.labels = { sneaky: 'yes' };
      now.spec.nodeName = 'm';
      now.status.attached = true;
    });
    expect(errors).toEqual([]);
    expect(object).toEqual({ ...old, status: { attached: true } });
  });

  test.each<[Partial<VolumeAttachment['status']>, string]>([
    [{ attachmentMetadata: { a: 'v'.repeat(256 * 1024) } }, 'attachmentMetadata'],
    [{ attachError: { message: 'm'.repeat(1025) } }, 'attachError.message'],
    [{ detachError: { message: 'm'.repeat(1025) } }, 'detachError.message'],
  ])('texts of a status are bounded (%#)', (status, field) => {
    const { errors } = statusUpdated(volumeAttachments, attachment(), (now) => {
      Object.assign(now.status, status);
    });
    expect(errors).toEqual([`status.${field}: Too long: may not be more than 262144 bytes`]);
  });
});

test('the table of VolumeAttachments', () => {
  expect(volumeAttachments.cells(attachment(), wallTime + 5_000)).toEqual([
    'x',
    'example.com',
    'v',
    'n',
    false,
    '5s',
  ]);
});
