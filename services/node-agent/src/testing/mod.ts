/** For tests of other packages that run an agent by itself. */
export {
  startEngineProxy,
  type EngineProxy,
  type Trouble,
} from '../runtime/testing/engine-proxy.ts';
export { createToyApi, type ToyApi } from './toy-api.ts';
