/** The kernel's rules, through `nft`. A refusal carries nft's own words. */
import { CommandError, runCommand } from '@drydock/process';
import type { PresentTable } from './rules/render.ts';
import { tableName } from './rules/table.ts';

export interface Nft {
  /** All of it or nothing. @throws CommandError */
  apply(transaction: string): Promise<void>;
  /** Undefined: there is no table. */
  present(): Promise<PresentTable | undefined>;
}

interface ListedObject {
  readonly chain?: { readonly name: string };
  readonly set?: { readonly name: string };
}

export function createNft(): Nft {
  return {
    apply: async (transaction) => {
      await runCommand('nft', ['-f', '-'], transaction);
    },
    present: async () => {
      try {
        const text = await runCommand('nft', ['-j', '-t', 'list', 'table', 'ip', tableName]);
        const { nftables } = JSON.parse(text) as { nftables: readonly ListedObject[] };
        return {
          chains: nftables.flatMap(({ chain }) => chain?.name ?? []),
          sets: nftables.flatMap(({ set }) => set?.name ?? []),
        };
      } catch (error) {
        if (error instanceof CommandError && /No such file or directory/.test(error.message)) {
          return undefined;
        }
        throw error;
      }
    },
  };
}
