import { dirname, join } from 'node:path';
import { type ChildSettings, freePort } from './child';
import { programPath } from './debian-programs';
import { ROOT } from './shipped-files';

/**
 * How Debian's Alertmanager is started with the shipped configuration and one receiver.
 * @param directory scratch of the test @param webhookUrl where it sends pages and tickets
 * @returns its address, `host:port`, and what to start
 */
export async function alertmanagerSettings(
  directory: string,
  webhookUrl: string,
): Promise<{ readonly address: string; readonly settings: ChildSettings }> {
  const address = `127.0.0.1:${await freePort()}`;
  const settings: ChildSettings = {
    program: 'sh',
    arguments: [
      join(ROOT, 'deploy/alertmanager/entrypoint.sh'),
      `--storage.path=${join(directory, 'alertmanager')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
    ],
    environment: {
      PATH: `${dirname(programPath('amtool'))}:${process.env['PATH'] ?? ''}`,
      ALERTMANAGER: programPath('prometheus-alertmanager'),
      ALERTMANAGER_CONFIG: join(directory, 'alertmanager.yml'),
      TEMPLATES_DIR: join(ROOT, 'deploy/alertmanager/templates'),
      ALERT_WEBHOOK_URL: webhookUrl,
      ALERT_GROUP_WAIT: '1s',
      ALERT_GROUP_INTERVAL: '5s',
    },
    readyUrl: `http://${address}/-/ready`,
  };
  return { address, settings };
}
