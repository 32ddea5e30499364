import { join } from 'node:path';
import { describeScripts } from '@drydock/testing/script-runner';
import { createInterpreter } from './testing/interpreter.ts';

describeScripts(join(import.meta.dirname, 'testdata'), createInterpreter);
