/** The surface of kube-proxy for tests that need several parts. */
export { createNft, type Nft } from './nft.ts';
export { createProxy, type Proxy } from './proxy.ts';
export type { ProxyInput } from './rules/plan.ts';
