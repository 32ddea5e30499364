/** The replicated log, for the server that is built on it. */
export * from './types.ts';
