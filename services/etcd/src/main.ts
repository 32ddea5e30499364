/**
 * The etcd member as a process. First what V8 must know before there is much of anything, wherever the
 * process is started from; then the member itself (process.ts).
 */
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

// The old generation grows by half between two collections, not up to fourfold: the store holds most of
// what is there for long, and garbage of three times its size would only be memory taken from others.
setFlagsFromString('--heap-growing-percent=50');
// Most of a start is stripping types and compiling: the next one finds that done.
enableCompileCache();

await import('./process.ts');
