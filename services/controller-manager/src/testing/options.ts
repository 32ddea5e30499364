/** Upstream's defaults, for tests that run controllers. */
import { flags, type ControllerOptions } from '../config.ts';

const defaults = Object.fromEntries(
  Object.entries(flags).map(([name, flag]) => [name, flag.default]),
);

export const defaultOptions: ControllerOptions = {
  ...(defaults as unknown as ControllerOptions),
  rootCa: 'test CA',
};
