import { X509Certificate } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import type { SecureContextOptions, Server } from 'node:tls';
import { loggerFor, metrics } from '@tams/telemetry';
import { ConfigurationError } from '../configuration/configuration';
import type { SecurityConfiguration } from '../configuration/security.schema';

type TlsFiles = NonNullable<SecurityConfiguration['tls']>;

/** How often a renewed certificate is looked for, in milliseconds. */
const RENEWAL_INTERVAL_MS = 30_000;

/**
 * Reads certificate and key.
 * @throws {ConfigurationError} naming the file that cannot be read
 */
export function tlsOptions({ certificateFile, keyFile }: TlsFiles): SecureContextOptions {
  return {
    cert: read('TLS_CERTIFICATE_FILE', certificateFile),
    key: read('TLS_KEY_FILE', keyFile),
    minVersion: 'TLSv1.2',
  };
}

/** When a certificate expires, for `tams_certificate_expiry_timestamp_seconds`. */
function showExpiry(certificate: Buffer): void {
  metrics.certificateExpiry.series({}).set(new X509Certificate(certificate).validToDate.getTime() / 1000);
}

/** Takes over a renewed certificate without a restart. A broken one is not taken, and the log says so. */
export function followRenewals(server: Server, files: TlsFiles): void {
  const logger = loggerFor('Tls');
  showExpiry(read('TLS_CERTIFICATE_FILE', files.certificateFile));
  const renew = (): void => {
    try {
      server.setSecureContext(tlsOptions(files));
      showExpiry(read('TLS_CERTIFICATE_FILE', files.certificateFile));
      logger.info(`Read the renewed certificate ${files.certificateFile}.`);
    } catch (error) {
      logger.error({ err: error }, `The renewed certificate ${files.certificateFile} cannot be used.`);
    }
  };
  watchFile(files.certificateFile, { interval: RENEWAL_INTERVAL_MS, persistent: false }, renew);
  server.once('close', () => {
    unwatchFile(files.certificateFile, renew);
  });
}

function read(variable: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ConfigurationError([`${variable} ${path} cannot be read: ${(error as Error).message}`]);
  }
}
