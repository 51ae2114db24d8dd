// Installs the Debian packages that tests ask for a browser, media players, a pooler and SRT (or the packages named), where they are missing.
// Without them those tests are skipped and say so.
//   node scripts/install-test-programs.mjs [package ...]
import { spawnSync } from 'node:child_process';
import { installPackages, PackagesUnavailableError } from './debian-packages.mjs';

const named = process.argv.slice(2);
const packages = named.length > 0 ? named : ['chromium', 'ffmpeg', 'pgbouncer', 'srt-tools', ...gstreamer()];
const missing = packages.filter((name) => !isInstalled(name));

try {
  if (missing.length > 0) await installPackages(missing);
  else console.log(`Installed already: ${packages.join(', ')}`);
} catch (error) {
  if (!(error instanceof PackagesUnavailableError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** A player of HLS: its program, the demuxers of both generations, and the decoders. */
function gstreamer() {
  return ['tools', 'plugins-base', 'plugins-good', 'plugins-bad', 'libav'].map((part) => `gstreamer1.0-${part}`);
}

function isInstalled(name) {
  const { stdout } = spawnSync('dpkg-query', ['--show', '--showformat=${db:Status-Status}', name], {
    encoding: 'utf8',
  });
  return stdout === 'installed';
}
