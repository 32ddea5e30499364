/** The kernel's rules, through `nft`. A refusal carries nft's own words. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { PresentTable } from './rules/render.ts';
import { tableName } from './rules/table.ts';

export class NftError extends Error {
  override readonly name = 'NftError';
  readonly code = 'NFT';
}

export interface Nft {
  /** All of it or nothing. @throws NftError */
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
      await run('nft', ['-f', '-'], transaction);
    },
    present: async () => {
      try {
        const text = await run('nft', ['-j', '-t', 'list', 'table', 'ip', tableName], '');
        const { nftables } = JSON.parse(text) as { nftables: readonly ListedObject[] };
        return {
          chains: nftables.flatMap(({ chain }) => chain?.name ?? []),
          sets: nftables.flatMap(({ set }) => set?.name ?? []),
        };
      } catch (error) {
        if (error instanceof NftError && /No such file or directory/.test(error.message)) {
          return undefined;
        }
        throw error;
      }
    },
  };
}

async function run(command: string, args: readonly string[], input: string): Promise<string> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  let complaint = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const line = [command, ...args].join(' ');
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new NftError(`${line}: ${complaint.trim() || `exit code ${code}`}`);
  } catch (error) {
    if (error instanceof NftError) throw error;
    throw new NftError(`cannot run ${line}: ${(error as Error).message}`, { cause: error });
  }
  return output;
}
