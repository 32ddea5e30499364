/** Kubernetes' own JavaScript client, set up for a server of a test. */
import { KubeConfig } from '@kubernetes/client-node';
import type { TestServer } from './server.ts';

/** As a member of `system:masters`. */
export async function officialConfig(server: TestServer): Promise<KubeConfig> {
  const { cert, key, ca } = await server.certificate('kubernetes-admin', 'system:masters');
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    {
      name: 'test',
      server: `https://localhost:${server.server.securePort}`,
      caData: ca.toString('base64'),
      skipTLSVerify: false,
    },
    { name: 'admin', certData: cert.toString('base64'), keyData: key.toString('base64') },
  );
  return config;
}
