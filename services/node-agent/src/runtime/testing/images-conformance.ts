/** Images: found, refused, pulled in vain, removed. Part of conformance.ts. */
import { describe, expect, it } from 'vitest';
import { createBench, type ConformanceSubject } from './bench.ts';
import { container, sandbox } from './configs.ts';

/** Nothing listens there; a simulated registry has nothing of this name. */
const missing = 'localhost:1/missing:1';

export function describeImages(subject: ConformanceSubject): void {
  const { withSandbox } = createBench(subject);
  const { image } = subject;

  describe(`${subject.name} runtime: images`, () => {
    it('are known when they are there', async () => {
      const runtime = subject.runtime();
      const found = await runtime.imageStatus(image);
      expect(found!.names).toContain(image);
      expect(found!.sizeBytes).toBeGreaterThan(100_000);
      expect(await runtime.imageStatus(missing)).toBeUndefined();
    });

    it('are refused when they are not', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        await expect(
          runtime.createContainer(status, container(missing, 'exit 0')),
        ).rejects.toMatchObject({ name: 'RuntimeError', code: 'IMAGE_NOT_FOUND' });
        expect(await runtime.listContainers({ podUid: status.pod.uid })).toEqual([]);
      });
    });

    it('that no registry has cannot be pulled, and the registry’s words are told', async () => {
      const runtime = subject.runtime();
      await expect(runtime.pullImage(missing)).rejects.toMatchObject({ name: 'RuntimeError' });
      await expect(runtime.pullImage(missing)).rejects.toThrow(/refused|access denied/);
    });

    it('that are removed are gone; again, nothing happens', async () => {
      const runtime = subject.runtime();
      const name = 'docker.io/library/drydock-test-spare:1';
      await subject.real?.importImage(name);
      if (subject.real === undefined) await runtime.pullImage(name);
      const found = await runtime.imageStatus(name);
      expect(found).toBeDefined();
      expect((await runtime.listImages()).map(({ id }) => id)).toContain(found!.id);
      await runtime.removeImage(name);
      expect(await runtime.imageStatus(name)).toBeUndefined();
      expect((await runtime.listImages()).map(({ id }) => id)).not.toContain(found!.id);
      await runtime.removeImage(name);
      expect(await runtime.imageStatus(image)).toBeDefined();
    });

    it('take room that is told', async () => {
      const { mountpoint, usedBytes } = await subject.runtime().imageFsInfo();
      expect(mountpoint).toMatch(/^\//);
      expect(usedBytes).toBeGreaterThanOrEqual(0);
    });
  });
}
