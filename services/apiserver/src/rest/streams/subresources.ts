/** What of a pod is streamed. Pure. */
export const streamSubresources: readonly string[] = ['exec', 'attach', 'portforward'];
