/** The life of a pod as scripts: what happens to it, what its agent does, and how the API sees it. */
import { join } from 'node:path';
import { describeScripts } from '@drydock/testing/script-runner';
import { createInterpreter } from './testing/scripts/interpreter.ts';

describeScripts(join(import.meta.dirname, 'testdata'), createInterpreter);
