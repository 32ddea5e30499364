/** The CRI's ImageService. */
import { criImageService as service } from '@drydock/proto/cri';
import type { RegistryCredential } from '../../pod-lifecycle/registry-keyring.ts';
import { RuntimeError, type RuntimeService } from '../runtime.ts';
import type { CriConnection } from './connection.ts';
import { unlessGone, withStatus } from './errors.ts';
import { imageStatusOf } from './status.ts';

type ImageCalls = Pick<
  RuntimeService,
  'imageStatus' | 'pullImage' | 'listImages' | 'removeImage' | 'imageFsInfo'
>;

export function createImageCalls(connection: CriConnection): ImageCalls {
  const imageStatus = async (image: string) => {
    const answer = await connection.call(service.ImageStatus, { image: { image } });
    return answer.image === null ? undefined : imageStatusOf(answer.image);
  };
  return {
    imageStatus,
    pullImage: async (image, credential) => {
      const request = { image: { image }, ...authOf(credential) };
      // A large image takes what it takes.
      const options = { timeoutMillis: Infinity };
      const { imageRef } = await connection
        .call(service.PullImage, request, options)
        .catch((error: unknown) => Promise.reject(withStatus(error)));
      const pulled = await imageStatus(imageRef);
      if (pulled !== undefined) return pulled;
      throw new RuntimeError('FAILED', `the image ${image} is gone as soon as it was pulled`);
    },
    listImages: async () =>
      (await connection.call(service.ListImages, {})).images.map(imageStatusOf),
    removeImage: async (image) => {
      await unlessGone(connection.call(service.RemoveImage, { image: { image } }));
    },
    imageFsInfo: async () => {
      const { imageFilesystems: all } = await connection.call(service.ImageFsInfo, {});
      return {
        mountpoint: all[0]?.fsId?.mountpoint ?? '',
        usedBytes: all.reduce((sum, one) => sum + (one.usedBytes?.value ?? 0), 0),
      };
    },
  };
}

function authOf(credential: RegistryCredential | undefined) {
  if (credential === undefined) return {};
  // Not its server: a runtime that is told one compares it, and the names in secrets are no URLs.
  const { username, password } = credential;
  return { auth: { username, password } };
}
