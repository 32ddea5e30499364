/**
 * What a command does when nobody reads its output any more, say in `./drydock up | head`.
 *
 * A command that only prints has nothing left to do and ends, in silence and without failure. One that
 * works goes on: half a cluster helps nobody.
 */
interface Output {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/** A write after the first that failed finds the stream destroyed. */
const closedCodes = new Set(['EPIPE', 'ERR_STREAM_DESTROYED']);

export function watchForClosedReaders(
  outputs: readonly Output[],
  powers: { readonly onlyPrints: () => boolean; readonly end: () => void },
): void {
  for (const output of outputs) {
    output.on('error', (error) => {
      if (!closedCodes.has(error.code ?? '')) throw error;
      if (powers.onlyPrints()) powers.end();
    });
  }
}
