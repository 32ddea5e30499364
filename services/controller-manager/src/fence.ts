/**
 * Writes only while one may: the last check before a request leaves.
 *
 * A process that was paused wakes up in the middle of its work, and may send before any timer tells
 * it that its lease is long over. The check reads the monotonic clock, which went on meanwhile.
 */
import type { ApiClient } from '@drydock/client';

export class NotLeadingError extends Error {
  override readonly name = 'NotLeadingError';
}

export function fenceWrites(api: ApiClient, mayWrite: () => boolean): ApiClient {
  const guarded = async <T>(send: () => Promise<T>): Promise<T> => {
    if (!mayWrite()) {
      throw new NotLeadingError('the lease has run out; what was planned under it is not written');
    }
    return send();
  };
  return {
    ...api,
    create: (resource, object, options) => guarded(() => api.create(resource, object, options)),
    update: (resource, object, options) => guarded(() => api.update(resource, object, options)),
    updateStatus: (resource, object, options) =>
      guarded(() => api.updateStatus(resource, object, options)),
    patch: (resource, object, patch, options) =>
      guarded(() => api.patch(resource, object, patch, options)),
    delete: (resource, object, options) => guarded(() => api.delete(resource, object, options)),
    bind: (pod, nodeName, options) => guarded(() => api.bind(pod, nodeName, options)),
  };
}
