/**
 * The one-shot service `pki` of deploy/docker-compose.yml: makes the cluster's PKI on its volumes, and
 * ends. The authority's folder is one volume, every component's folder another.
 */
import { join } from 'node:path';
import { list, path, runMain, text } from '@drydock/process';
import { makePki } from './make.ts';
import { createShape } from '../cluster/shape.ts';

await runMain({
  name: 'pki',
  description: 'makes the certificates of a cluster, and ends',
  flags: {
    'authority-folder': path({ default: '/pki/authority', help: 'CA keys and token keys' }),
    'component-folders': path({
      default: '/pki/components',
      help: 'holds a folder for each component',
    }),
    'cluster-name': text({ default: 'drydock', help: 'name of the cluster' }),
    nodes: list({ default: ['node-1', 'node-2', 'node-3'], help: 'names of the nodes' }),
    'extra-hosts': list({ default: [], help: 'more names or addresses of the apiservers' }),
    'service-cluster-ip-range': text({ default: '10.96.0.0/16', help: 'range of services' }),
  },
  start: async ({ config, clock, log }) => {
    const changes = await makePki({
      authorityFolder: config['authority-folder'],
      folderOf: (component) => join(config['component-folders'], component),
      shape: createShape({
        clusterName: config['cluster-name'],
        nodeNames: config.nodes,
        extraHosts: config['extra-hosts'],
        serviceSubnet: config['service-cluster-ip-range'],
      }),
      wallTime: clock.wallTime(),
    });
    log.info({ changes }, 'the PKI is complete');
    process.exit(0);
  },
});
