// Options of the scripts here: --help prints the usage, and a wrong option ends the script with it, not with a stack.
import { parseArgs } from 'node:util';

export function readOptions(usage, options) {
  let read;
  try {
    read = parseArgs({ allowPositionals: true, options: { ...options, help: { type: 'boolean', short: 'h' } } });
  } catch (error) {
    refuse(error.message, usage);
  }
  if (read.values.help) {
    console.log(usage);
    process.exit(0);
  }
  return read;
}

export function refuse(message, usage) {
  console.error(`${message}\n\n${usage}`);
  process.exit(2);
}
