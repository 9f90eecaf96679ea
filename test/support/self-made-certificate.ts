import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A key and a certificate for localhost that nobody has signed, made anew and kept nowhere. */
export async function selfMadeCertificate(): Promise<{ key: string; cert: string }> {
  const { stdout } = await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', '-', '-out', '-'],
  ]);
  const block = (name: string): string =>
    new RegExp(`-----BEGIN ${name}-----[^]+-----END ${name}-----`).exec(stdout)![0];
  return { key: block('PRIVATE KEY'), cert: block('CERTIFICATE') };
}
