import startDatabase from '../support/global-setup';
import { installPrograms } from './debian-programs';

/** Before any test: the programs of the stack (installed when they are missing), and PostgreSQL as for every test. */
export default async function setUp(): Promise<void> {
  installPrograms();
  await startDatabase();
}
