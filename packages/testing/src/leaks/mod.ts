/** What must be gone when its owner is: found, compared, told. */
export { leftoversOf, type Inventory, type Thing } from './leftovers.ts';
export { nodeScript, readNodeReport } from './node-report.ts';
