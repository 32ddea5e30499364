/** What a runtime asks for when it has a sandbox that needs a network. */
export interface Attachment {
  readonly sandboxId: string;
  /** A process in the sandbox's network namespace, by its id on this machine. */
  readonly pid: number;
  /** IPv4. */
  readonly address: string;
}

export interface PodNetwork {
  /** Safe to repeat. @throws with the failing command's words */
  attach(attachment: Attachment): Promise<void>;
}
