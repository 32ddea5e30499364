/**
 * What a node needs of its runtime beside running containers: to know what they have written, and to make
 * room. Apart from the runtime interface, so that a runtime without it runs pods all the same.
 */
export interface RuntimeHousekeeping {
  /** What a container has written to its own file system; undefined when it is gone. */
  writtenBytes(containerId: string): Promise<number | undefined>;
  /** Ids of the images that any container of the engine is made of, whoever it belongs to. */
  imagesInUse(): Promise<ReadonlySet<string>>;
  /** Takes one name from an image, which goes with its last name. Never one that is in use. */
  removeImage(name: string): Promise<void>;
  /** Removes volumes in memory of this node's pods that are not wanted any more, by their uid. */
  keepVolumes(isWanted: (uid: string) => boolean): Promise<void>;
}
