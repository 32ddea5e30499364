/** The surface for tests that run an apiserver in their own process. */
export {
  createApiServer,
  type ApiServer,
  type ApiServerOptions,
  type ApiServerPowers,
} from './api-server.ts';
