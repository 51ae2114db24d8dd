import { join } from 'node:path';
import type { Machine } from './network';

export const ETCD = '/usr/bin/etcd';

/**
 * Starts etcd on machines of its own. Not on those of PostgreSQL: a leader of etcd that comes back from a pause together with the
 * primary beside it has given that one its lock back, after another had become the primary.
 */
export function startEtcd(machines: readonly Machine[], directory: string): void {
  const members = machines.map(({ address }, index) => ({ name: `etcd-${index + 1}`, address }));
  for (const [index, machine] of machines.entries()) {
    const { name, address } = members[index]!;
    const options = {
      name,
      'data-dir': join(directory, name),
      'listen-client-urls': `http://${address}:2379`,
      'advertise-client-urls': `http://${address}:2379`,
      'listen-peer-urls': `http://${address}:2380`,
      'initial-advertise-peer-urls': `http://${address}:2380`,
      'initial-cluster': members.map((one) => `${one.name}=http://${one.address}:2380`).join(','),
      logger: 'zap',
      'log-level': 'error',
    };
    machine.spawn([ETCD, ...Object.entries(options).flatMap(([option, value]) => [`--${option}`, value])], { env: {} });
  }
}
