// A thread of its own: compares passwords with bcrypt hashes, one after the other.
import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

/** One comparison that is asked for. */
interface Check {
  readonly password: string;
  readonly hash: string;
}

parentPort?.on('message', ({ password, hash }: Check) => {
  parentPort?.postMessage(compareSync(password, hash));
});
