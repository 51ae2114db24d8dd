import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { defineConfig } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const compressible = /\.(?:js|css|svg|html)$/;

/** Each text file a second time, compressed, so that the server need not do it for every request. */
const compressedTwins = {
  name: 'compressed-twins',
  // Once everything is as it stays: before that, scripts still have placeholders.
  writeBundle({ dir }, bundle) {
    for (const fileName of Object.keys(bundle)) {
      if (!compressible.test(fileName) || !fileName.startsWith('assets/')) continue;
      const path = join(dir, fileName);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  },
};

export default defineConfig({
  root: here('.'),
  // The server writes <base>, so that the page works below any path.
  base: './',
  // Placeholder the server fills for every answer.
  html: { cspNonce: '__NONCE__' },
  resolve: {
    alias: {
      '@tams/timing': here('../../libs/timing/src/index.ts'),
      '@tams/media': here('../../libs/media/src/index.ts'),
    },
  },
  plugins: [compressedTwins],
  build: {
    outDir: here('../../dist/apps/tams-console'),
    emptyOutDir: true,
    target: 'es2023',
    // Everything is a file of its own: the policy admits no data: scripts or fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      onLog(level, log, report) {
        // Directives of server rendering, which means nothing here; a thousand of them.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
});
